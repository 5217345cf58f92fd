"""The blinding rule, asked of the database as the app role."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from apps.coding.models import Coding, CodingAssignment, Memo
from apps.core.identity import acting_as, unattended
from apps.studies.models import Membership
from apps.studies.permissions import Permission, roles_with
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafts(cast: make.Cast) -> CodingAssignment:
    """Ruth's blind codings of a transcript that Jin codes too."""
    version = make.transcript(cast.study)
    codebook = make.codebook(cast.study)
    ruth = make.assignment(cast.study, cast.ruth, version=version, codebook=codebook)
    make.assignment(cast.study, cast.jin, version=version, codebook=codebook)
    with acting_as(cast.ruth.id):
        coding = Coding.objects.create(assignment=ruth, code=codebook.codes.get(label="a1"), start=45, end=70)
        Memo.objects.create(assignment=ruth, coding=coding, text="She nearly deleted it.")
    return ruth


def seen_by(user_id: object) -> tuple[int, int, int, int]:
    with acting_as(user_id), unattended("test"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM coding_codingevent")
        events = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM coding_memoevent")
        return Coding.objects.count(), Memo.objects.count(), events, cursor.fetchone()[0]


def test_the_tests_are_the_unprivileged_app_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("concord_app", False, False)


def test_only_their_coder_sees_blind_codings(cast: make.Cast, drafts: CodingAssignment) -> None:
    assert seen_by(cast.ruth.id) == (1, 1, 1, 1)
    others = [user for name, user in cast.members.items() if name != "ruth"] + [cast.outsider]
    assert [seen_by(user.id) for user in others] == [(0, 0, 0, 0)] * len(others)
    assert seen_by(None) == (0, 0, 0, 0)


def test_released_codings_are_seen_by_those_who_may_read_codings(
    cast: make.Cast, drafts: CodingAssignment
) -> None:
    CodingAssignment.objects.update(state="submitted", submitted_at=make.NOW, released_at=make.NOW)
    seeing = {name for name, user in cast.members.items() if seen_by(user.id) == (1, 1, 1, 1)}
    assert seeing == {"pi", "ruth", "jin", "adjudicator"}
    assert seen_by(cast.outsider.id) == (0, 0, 0, 0)


def test_a_coder_who_is_still_blind_on_a_text_sees_nothing_released_of_it(
    cast: make.Cast, drafts: CodingAssignment
) -> None:
    CodingAssignment.objects.filter(id=drafts.id).update(
        state="submitted", submitted_at=make.NOW, released_at=make.NOW
    )
    assert seen_by(cast.jin.id) == (0, 0, 0, 0)
    assert seen_by(cast.pi.id) == (1, 1, 1, 1)


def test_python_and_the_policy_name_the_same_rows(cast: make.Cast, drafts: CodingAssignment) -> None:
    for released_at in (None, make.NOW):
        CodingAssignment.objects.update(
            state="submitted" if released_at else "in_progress",
            submitted_at=released_at,
            released_at=released_at,
        )
        for user in [*cast.members.values(), cast.outsider]:
            with acting_as(user.id):
                assert Coding.objects.visible_to(user).count() == Coding.objects.count()


def test_the_policy_and_the_permission_table_name_the_same_roles(cast: make.Cast) -> None:
    assert sorted(roles_with(Permission.CODINGS_VIEW)) == ["adjudicator", "coder", "pi"]
    assert roles_with(Permission.ROUNDS_PLAN) == ["pi"]


def test_nobody_writes_into_the_codings_of_another(cast: make.Cast, drafts: CodingAssignment) -> None:
    code = drafts.codebook_version.codes.get(label="a2")
    with pytest.raises(ProgrammingError), acting_as(cast.jin.id):
        Coding.objects.create(assignment=drafts, code=code, start=1, end=2)


def test_a_submitted_assignment_takes_no_more_codings(cast: make.Cast, drafts: CodingAssignment) -> None:
    CodingAssignment.objects.filter(id=drafts.id).update(state="submitted", submitted_at=make.NOW)
    code = drafts.codebook_version.codes.get(label="a2")
    with pytest.raises(ProgrammingError), acting_as(cast.ruth.id):
        Coding.objects.create(assignment=drafts, code=code, start=1, end=2)
    with acting_as(cast.ruth.id):
        assert Coding.objects.update(start=1) == 0


def test_codings_cannot_be_deleted_and_history_cannot_be_forged(
    cast: make.Cast, drafts: CodingAssignment
) -> None:
    for statement in (
        "DELETE FROM coding_coding",
        "DELETE FROM coding_memo",
        "DELETE FROM coding_codingevent",
        "UPDATE coding_codingevent SET start = 0",
        "INSERT INTO coding_memoevent SELECT * FROM coding_memoevent",
        "UPDATE audit_auditevent SET verb = ''",
    ):
        with (
            pytest.raises(ProgrammingError) as refused,
            acting_as(cast.ruth.id),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_one_person_is_not_left_behind_for_the_next(cast: make.Cast, drafts: CodingAssignment) -> None:
    with acting_as(cast.ruth.id), acting_as(cast.jin.id):
        assert Coding.objects.count() == 0
    with acting_as(cast.ruth.id):
        with acting_as(cast.jin.id):
            pass
        assert Coding.objects.count() == 1
        with pytest.raises(ZeroDivisionError), acting_as(cast.jin.id):
            raise ZeroDivisionError
        assert Coding.objects.count() == 1
    with transaction.atomic():
        assert Coding.objects.count() == 0


def test_every_forced_table_lets_its_owner_in() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname FROM pg_class WHERE relforcerowsecurity
            AND oid NOT IN (SELECT polrelid FROM pg_policy WHERE polname = 'owner_all')
            """
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity AND relrowsecurity")
        forced = {name for (name,) in cursor.fetchall()}
        assert {"coding_coding", "coding_codingevent", "coding_memo", "coding_memoevent"} <= forced
        assert {"coding_gesture"} <= forced


def test_leaving_the_study_ends_the_sight_of_released_codings(
    cast: make.Cast, drafts: CodingAssignment
) -> None:
    CodingAssignment.objects.update(state="submitted", submitted_at=make.NOW, released_at=make.NOW)
    Membership.objects.filter(user=cast.pi).update(left_at=make.NOW)
    assert seen_by(cast.pi.id) == (0, 0, 0, 0)
