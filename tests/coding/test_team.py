"""Open coding: colleagues see one another's primary codings, and those who are blind stay blind."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.coding import actions, queries
from apps.coding.models import Coding, CodingAssignment, Memo, Presence
from apps.core.identity import acting_as
from apps.notices.models import Notice
from tests import make

pytestmark = pytest.mark.django_db

PRIMARY = CodingAssignment.Kind.PRIMARY


@pytest.fixture
def ruth(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth, kind=PRIMARY)


@pytest.fixture
def jin(cast: make.Cast, ruth: CodingAssignment) -> CodingAssignment:
    """Jin codes the text that Ruth codes, primarily too."""
    return beside(cast, ruth, PRIMARY)


def beside(cast: make.Cast, ruth: CodingAssignment, kind: CodingAssignment.Kind) -> CodingAssignment:
    text, book = ruth.transcript_version, ruth.codebook_version
    return make.assignment(cast.study, cast.jin, version=text, codebook=book, kind=kind)


def choose(cast: make.Cast, is_open: bool = True) -> None:
    actions.choose_open_coding(study=cast.study, is_open=is_open, by=cast.pi, now=make.NOW)


def seen_by(user: User) -> int:
    """Codings, by the policy; Python says the same."""
    with acting_as(user.id):
        assert Coding.objects.visible_to(user).count() == Coding.objects.count()
        return Coding.objects.count()


def team(work: CodingAssignment, viewer: User) -> list[tuple[str, bool, list[tuple[str, int, int]]]]:
    work.refresh_from_db()
    with acting_as(viewer.id):
        found = queries.team(work, viewer=viewer, now=make.NOW)
    return [
        (each.name, each.is_reading, [(c.code.label, c.start, c.end) for c in each.codings])
        for each in found.colleagues
    ]


# --- who sees what


def test_drafts_are_seen_by_colleagues_once_coding_is_open(
    cast: make.Cast, ruth: CodingAssignment, jin: CodingAssignment
) -> None:
    make.coding(ruth, "a1", 45, 70)
    assert (seen_by(cast.jin), team(jin, cast.jin)) == (0, [])
    choose(cast)
    assert team(jin, cast.jin) == [("Ruth Hale", False, [("a1", 45, 70)])]
    seeing = {name for name, user in cast.members.items() if seen_by(user) == 1}
    assert (seeing, seen_by(cast.outsider)) == ({"pi", "ruth", "jin", "adjudicator"}, 0)
    choose(cast, is_open=False)
    assert (seen_by(cast.jin), team(jin, cast.jin)) == (0, [])


def test_whoever_codes_the_text_blind_sees_nothing_and_is_not_seen(
    cast: make.Cast, ruth: CodingAssignment
) -> None:
    blind = beside(cast, ruth, CodingAssignment.Kind.INDEPENDENT)
    choose(cast)
    make.coding(ruth, "a1", 45, 70)
    make.coding(blind, "b1", 45, 70)
    assert seen_by(cast.jin) == 1
    assert team(blind, cast.jin) == []
    assert team(ruth, cast.ruth) == []
    assert [seen_by(user) for user in (cast.ruth, cast.pi)] == [1, 1]


def test_what_is_assigned_later_is_open_too_unless_it_is_independent(cast: make.Cast) -> None:
    choose(cast)
    given = [
        actions.assign(
            study=cast.study,
            coder=cast.ruth,
            transcript_version=make.transcript(cast.study),
            codebook_version=make.codebook(cast.study),
            kind=kind,
            by=cast.pi,
            now=make.NOW,
        )
        for kind in CodingAssignment.Kind
    ]
    assert {each.kind: each.is_open for each in given} == {
        "primary": True,
        "independent": False,
        "consensus": False,
    }


@pytest.mark.parametrize("kind", ["independent", "consensus"])
def test_the_database_refuses_to_open_anything_but_primary_coding(cast: make.Cast, kind: str) -> None:
    work = make.assignment(cast.study, cast.ruth, kind=CodingAssignment.Kind(kind))
    with pytest.raises(IntegrityError, match="codingassignment_open_is_primary"), transaction.atomic():
        CodingAssignment.objects.filter(id=work.id).update(is_open=True)


def test_colleagues_read_and_do_not_write(
    cast: make.Cast, ruth: CodingAssignment, jin: CodingAssignment
) -> None:
    coding = make.coding(ruth, "a1", 45, 70)
    choose(cast)
    with acting_as(cast.jin.id):
        assert Coding.objects.filter(id=coding.id).update(start=50) == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            Memo.objects.create(assignment=ruth, coding=coding, text="Mine.")
    with pytest.raises(actions.NotYours):
        actions.undo(assignment=ruth, by=cast.jin, now=make.NOW)


# --- who is reading


def test_who_is_reading_is_said_for_a_while(
    cast: make.Cast, ruth: CodingAssignment, jin: CodingAssignment
) -> None:
    choose(cast)
    ruth.refresh_from_db()
    for seconds, is_reading in ((60, False), (10, True)):
        with acting_as(cast.ruth.id):
            actions.be_present(assignment=ruth, now=make.NOW - timedelta(seconds=seconds))
        assert team(jin, cast.jin) == [("Ruth Hale", is_reading, [])]


def test_nobody_is_said_to_read_what_is_not_open(cast: make.Cast, ruth: CodingAssignment) -> None:
    blind = make.assignment(cast.study, cast.ruth)
    for work in (ruth, blind):
        with acting_as(cast.ruth.id), pytest.raises(ProgrammingError), transaction.atomic():
            Presence.objects.create(assignment=work, seen_at=make.NOW)
    choose(cast)
    with acting_as(cast.jin.id), pytest.raises(ProgrammingError), transaction.atomic():
        Presence.objects.create(assignment=ruth, seen_at=make.NOW)


def test_the_print_differs_with_whatever_is_shown(
    cast: make.Cast, ruth: CodingAssignment, jin: CodingAssignment
) -> None:
    choose(cast)
    for each in (ruth, jin):
        each.refresh_from_db()

    def seen(work: CodingAssignment) -> str:
        with acting_as(work.coder_id):
            return queries.team_print(work, viewer=work.coder, now=make.NOW)

    prints = [seen(jin)]
    coding = make.coding(ruth, "a1", 45, 70)
    prints.append(seen(jin))
    with acting_as(cast.ruth.id):
        actions.change(coding=coding, influence="helps", by=cast.ruth, now=make.NOW)
    prints.append(seen(jin))
    with acting_as(cast.ruth.id):
        actions.remove(coding=coding, by=cast.ruth, now=make.NOW)
    prints.append(seen(jin))
    with acting_as(cast.ruth.id):
        actions.be_present(assignment=ruth, now=make.NOW)
    prints.append(seen(jin))
    assert len(set(prints)) == len(prints)
    assert seen(jin) == prints[-1]


# --- the choice


def test_the_choice_is_written_down_and_the_coders_are_told(cast: make.Cast, ruth: CodingAssignment) -> None:
    choose(cast)
    choose(cast)
    (event,) = AuditEvent.objects.filter(verb="changed", object_id=cast.study.id)
    assert (event.actor_name, event.detail["changes"]) == (
        "Amara Osei",
        {"is_coding_open": {"from": False, "to": True}},
    )
    with acting_as(cast.ruth.id):
        assert [notice.recipient for notice in Notice.objects.filter(kind="open coding")] == [cast.ruth]


@pytest.mark.parametrize(
    ("name", "status"), [("pi", 302), ("administrator", 403), ("ruth", 403), ("outsider", 404)]
)
def test_only_the_lead_researcher_chooses(client: Client, cast: make.Cast, name: str, status: int) -> None:
    client.force_login(getattr(cast, name))
    assert client.post(reverse("open_coding", args=[cast.study.id]), {"is_open": "on"}).status_code == status
    cast.study.refresh_from_db()
    assert cast.study.is_coding_open == (name == "pi")


def test_the_choice_through_the_api(cast: make.Cast) -> None:
    path = reverse("api:open_coding", args=[cast.study.id])
    for name, status in (("administrator", 403), ("pi", 200)):
        client = APIClient()
        client.force_login(getattr(cast, name))
        answer = client.put(path, {"is_open": True}, format="json")
        assert answer.status_code == status
    assert answer.json()["is_coding_open"] is True


# --- the page


def page_of(client: Client, work: CodingAssignment, name: str = "assignment") -> Any:
    client.force_login(work.coder)
    return client.get(reverse(name, args=[work.study_id, work.id]))


def test_the_page_lists_colleagues_only_where_coding_is_open(
    client: Client, cast: make.Cast, ruth: CodingAssignment, jin: CodingAssignment
) -> None:
    make.coding(ruth, "a1", 45, 70)
    closed = page_of(client, jin)
    assert ('id="team"' in closed.content.decode(), page_of(client, jin, "team").status_code) == (False, 404)
    choose(cast)
    shown = page_of(client, jin).content.decode()
    assert (shown.count("Ruth Hale"), shown.count('data-start="45" data-end="70"')) == (1, 1)
    assert shown.count('data-codings="') == 1  # the address of one's own codings
    assert "<mark" not in shown  # and none of theirs is a mark, or an id in the list of a turn
    assert shown.count('data-ids="') == shown.count('data-ids=""')
    assert page_of(client, jin, "team").status_code == 200
    blind = beside(cast, ruth, CodingAssignment.Kind.INDEPENDENT)
    assert "Ruth Hale" not in page_of(client, blind).content.decode()
    assert page_of(client, blind, "team").status_code == 404
    assert "Ruth Hale" not in page_of(client, jin).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_colleagues(
    cast: make.Cast, ruth: CodingAssignment, jin: CodingAssignment, django_assert_num_queries: Any
) -> None:
    choose(cast)
    jin.refresh_from_db()
    with acting_as(cast.jin.id), django_assert_num_queries(3):
        queries.team(jin, viewer=cast.jin, now=make.NOW)
    make.coding(ruth, "a1", 45, 70)
    make.coding(ruth, "b1", 45, 70)
    text, book = ruth.transcript_version, ruth.codebook_version
    for coder in (cast.pi, cast.adjudicator):
        other = make.assignment(cast.study, coder, version=text, codebook=book, kind=PRIMARY)
        CodingAssignment.objects.filter(id=other.id).update(is_open=True)
        make.coding(other, "a1", 45, 70)
    with acting_as(cast.jin.id), django_assert_num_queries(3):
        queries.team(jin, viewer=cast.jin, now=make.NOW)
