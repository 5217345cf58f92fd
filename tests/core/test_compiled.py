"""A compiled queryset answers as the queryset itself, with whatever values."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, IntegerField, Value
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.coding.models import Coding
from apps.core.compiled import Compiled, insert
from apps.core.guarding import NoAccessContextError
from apps.core.identity import acting_as, nobody
from apps.core.row_keys import any_of
from apps.studies.models import Membership
from tests import make

pytestmark = pytest.mark.django_db


def test_instances_are_those_of_the_queryset_with_what_is_joined_and_computed(cast: make.Cast) -> None:
    ours = Compiled(
        lambda study: (
            Membership.objects.filter(study=study)
            .select_related("study", "site")
            .annotate(one=Value(1, output_field=IntegerField()))
            .order_by("id")
        ),
        study=UUID,
    )
    wanted = list(Membership.objects.filter(study=cast.study).select_related("study", "site").order_by("id"))
    found = ours(study=cast.study.id)
    assert [vars(each.study) | {"_state": 0} for each in found] == [
        vars(each.study) | {"_state": 0} for each in wanted
    ]
    assert [(each.pk, each.roles, each.one) for each in found] == [
        (each.pk, each.roles, 1) for each in wanted
    ]
    with CaptureQueriesContext(connection) as asked:
        assert {each.study.name for each in found} == {cast.study.name}
        assert [each.site for each in found] == [each.site for each in wanted]
        assert not any(each._state.adding for each in found)
    assert not asked.captured_queries
    assert ours(study=uuid4()) == []


def test_columns_that_are_left_out_are_read_when_they_are_wanted(cast: make.Cast) -> None:
    ours = Compiled(lambda user: User.objects.filter(id=user).only("name"), user=UUID)
    [ruth] = ours(user=cast.ruth.id)
    assert ruth.get_deferred_fields()
    assert ruth.email == cast.ruth.email


def test_values_are_numbers_words_moments_and_many_keys(cast: make.Cast) -> None:
    named = Compiled(
        lambda keys, word, before, number: (
            User.objects.filter(id__in=any_of(keys), created_at__lt=before, name__gte=word)
            .annotate(number=Value(number, output_field=IntegerField()))
            .order_by("name")
            .values_list("name", "number")
        ),
        keys=list,
        word=str,
        before=type(cast.ruth.created_at),
        number=int,
    )
    later = cast.ruth.created_at + timedelta(days=1)
    keys = [cast.ruth.id, cast.jin.id]
    assert named(keys=keys, word="", before=later, number=7) == [(cast.jin.name, 7), (cast.ruth.name, 7)]
    assert named(keys=keys, word="Ru", before=later, number=-1) == [(cast.ruth.name, -1)]
    assert named(keys=[], word="", before=later, number=7) == []
    assert named(keys=keys, word="", before=cast.ruth.created_at - timedelta(days=1), number=7) == []


def test_one_column_comes_flat_and_the_first_row_alone(cast: make.Cast) -> None:
    names = Compiled(lambda user: User.objects.filter(id=user).values_list("name", flat=True), user=UUID)
    assert names(user=cast.jin.id) == [cast.jin.name]
    assert names.first(user=cast.jin.id) == cast.jin.name
    assert names.first(user=uuid4()) is None


def test_a_value_that_cannot_be_found_again_is_our_mistake(cast: make.Cast) -> None:
    twisted = Compiled(
        lambda name: User.objects.filter(name__icontains=name).values_list(F("name"), flat=True), name=str
    )
    with pytest.raises(AssertionError, match="name"):
        twisted(name="Ruth")


def test_guarded_rows_are_given_out_only_where_somebody_asks(cast: make.Cast) -> None:
    ours = Compiled(lambda coder: Coding.objects.filter(assignment__coder=coder), coder=UUID)
    with acting_as(cast.ruth.id):
        assert ours(coder=cast.ruth.id) == []
    with nobody(), pytest.raises(NoAccessContextError):
        ours(coder=cast.ruth.id)


def test_a_row_is_stored_as_it_is_saved(cast: make.Cast) -> None:
    facts = {"name": "Née O’Brien %s", "may_open_studies": True}
    ours, saved = User(email="a@example.org", **facts), User(email="b@example.org", **facts)
    insert(ours)
    saved.save(force_insert=True)
    assert (ours._state.adding, ours._state.db) == (False, saved._state.db)
    of_itself = {"id", "email", "created_at"}
    stored = [User.objects.filter(id=each.id).values().get() for each in (ours, saved)]
    assert [{k: v for k, v in each.items() if k not in of_itself} for each in stored] == [
        {k: v for k, v in stored[0].items() if k not in of_itself}
    ] * 2
    assert stored[0]["created_at"] == ours.created_at
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(User(email=ours.email, **facts))
