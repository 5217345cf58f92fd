"""A list of contact details: sealed as it arrives, compared, written as a whole, and forgotten."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.contacts import actions
from apps.contacts.engine.details import Details
from apps.contacts.models import Contact, ContactList
from apps.core import keys
from apps.core.identity import acting_as
from apps.participants.models import Participant
from apps.studies.models import Membership
from tests import make
from tests.exports.sheets import Cells, as_csv

pytestmark = pytest.mark.django_db
HEADER = ("Pseudonym", "First name", "Surname", "E-mail", "Phone", "Trust")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> Path:
    settings.KEYS_DIRECTORY = str(tmp_path)
    return tmp_path


@pytest.fixture
def people(cast: make.Cast) -> list[Participant]:
    return [make.participant(cast.study, group=cast.group, site=cast.site) for _ in range(3)]


def about(cast: make.Cast, by: User) -> dict[str, Any]:
    return {"membership": Membership.objects.get(study=cast.study, user=by), "by": by, "now": make.NOW}


def begin(cast: make.Cast, cells: Cells, by: User | None = None) -> ContactList:
    by = by or cast.administrator
    with acting_as(by.id):
        return actions.begin_list(file_name="people.csv", content=as_csv(cells), **about(cast, by))


def compare(cast: make.Cast, begun: ContactList) -> list[tuple[str, tuple[str, ...], list[str]]]:
    with acting_as(begun.begun_by_id):
        plan = actions.compare_list(begun=begun, reason="moving house", **about(cast, begun.begun_by))
    return [
        (row.status, row.changed, [each.template % each.facts for each in row.complaints]) for row in plan
    ]


def write(cast: make.Cast, begun: ContactList, run: Any) -> int:
    with run(execute=True), acting_as(begun.begun_by_id):
        return actions.write_list(begun=begun, reason="moving house", **about(cast, begun.begun_by))


def details_of(cast: make.Cast, person: Participant) -> Details:
    with acting_as(cast.administrator.id):
        return actions.look(participant=person, reason="test", **about(cast, cast.administrator))[0]


def lists_seen_by(user: User) -> int:
    with acting_as(user.id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contacts_contactlist")
        return int(cursor.fetchone()[0])


def test_a_list_is_written_as_a_whole_and_forgotten(
    cast: make.Cast, people: list[Participant], django_capture_on_commit_callbacks: Any
) -> None:
    ada, bo, _ = (each.pseudonym for each in people)
    begun = begin(
        cast,
        [
            HEADER,
            (ada.upper(), "Ada", "Lovelace", "ada@example.org", "0161 496 0000", "Byron"),
            (bo, "", "", "bo@example.org", "", ""),
        ],
    )
    assert compare(cast, begun) == [
        ("new", ("name", "email", "telephone", "employer"), []),
        ("new", ("email",), []),
    ]
    assert write(cast, begun, django_capture_on_commit_callbacks) == 2
    assert details_of(cast, people[0]) == Details("Ada Lovelace", "ada@example.org", "0161 496 0000", "Byron")
    assert (keys.find(begun.id), ContactList.objects.count()) == (None, 0)
    names = AuditEvent.objects.filter(noun="contact details", verb="wrote").values_list(
        "object_name", flat=True
    )
    assert sorted(names) == sorted([ada, bo])
    assert not any("Lovelace" in str(vars(event)) for event in AuditEvent.objects.all())


def test_the_same_list_twice_changes_nothing_and_an_empty_cell_takes_nothing_away(
    cast: make.Cast, people: list[Participant], django_capture_on_commit_callbacks: Any
) -> None:
    cells = [HEADER, (people[0].pseudonym, "Ada", "Lovelace", "ada@example.org", "", "")]
    write(cast, begin(cast, cells), django_capture_on_commit_callbacks)
    again = begin(cast, cells)
    assert compare(cast, again) == [("unchanged", (), [])]
    with pytest.raises(actions.NothingNewInTheList):
        write(cast, again, django_capture_on_commit_callbacks)
    third = begin(cast, [HEADER, (people[0].pseudonym, "", "", "", "0161", "")])
    assert compare(cast, third) == [("changed", ("telephone",), [])]
    write(cast, third, django_capture_on_commit_callbacks)
    assert details_of(cast, people[0]) == Details("Ada Lovelace", "ada@example.org", "0161")


def test_one_bad_row_keeps_all_out(
    cast: make.Cast, people: list[Participant], django_capture_on_commit_callbacks: Any
) -> None:
    with acting_as(cast.pi.id):
        Participant.objects.filter(id=people[2].id).update(reference="P-3")
    begun = begin(
        cast,
        [
            (*HEADER, "Reference"),
            (people[0].pseudonym, "Ada", "", "ada@example.org", "", "", ""),
            (people[0].pseudonym, "Ada", "", "", "", "", ""),
            ("Nobody 9", "x", "", "", "", "", ""),
            ("", "x", "", "", "", "", ""),
            (people[1].pseudonym, "x", "", "no address", "", "", ""),
            (people[1].pseudonym, "x", "", "", "", "", "P-3"),
            (people[1].pseudonym, "x", "", "", "", "=A1", ""),
        ],
    )
    assert [words for _, _, words in compare(cast, begun)] == [
        [],
        ["This person is in row 2 already."],
        ["Nobody on your list has this pseudonym or reference."],
        ["This row does not say whose details these are."],
        ["“no address” is not an e-mail address."],
        ["Pseudonym and reference are those of two people."],
        ["This is a formula; save the sheet so that the cell holds its result."],
    ]
    with pytest.raises(actions.ListHasProblems):
        write(cast, begun, django_capture_on_commit_callbacks)
    with acting_as(cast.administrator.id):
        assert Contact.objects.count() == 0


def test_a_recruiter_writes_for_their_own_site_only(cast: make.Cast, people: list[Participant]) -> None:
    far = make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    cells = [HEADER, *((each.pseudonym, "x", "", "", "", "") for each in (people[0], far))]
    found = compare(cast, begin(cast, cells, by=cast.recruiter))
    assert [status for status, _, _ in found] == ["new", "refused"]
    assert found[1][2] == ["Nobody on your list has this pseudonym or reference."]


def test_a_list_is_seen_by_whoever_brought_it_only(cast: make.Cast, people: list[Participant]) -> None:
    begin(cast, [HEADER, (people[0].pseudonym, "Ada", "", "", "", "")])
    seen = {name: lists_seen_by(user) for name, user in cast.members.items()}
    assert [name for name, count in seen.items() if count] == ["administrator"]


def test_a_list_is_sealed_and_forgotten_after_an_hour(
    cast: make.Cast, people: list[Participant], place: Path
) -> None:
    begun = begin(cast, [HEADER, (people[0].pseudonym, "Ada", "", "", "", "")])
    assert b"Ada" not in bytes(begun.sealed)
    late = make.NOW + timedelta(minutes=61)
    with acting_as(cast.administrator.id):
        with pytest.raises(actions.ListIsGone):
            actions.open_list(begun=begun, now=late)
        actions.forget_old_lists(now=make.NOW + timedelta(minutes=59))
        assert ContactList.objects.count() == 1
        actions.forget_old_lists(now=late)
        assert ContactList.objects.count() == 0


def test_beginning_anew_forgets_the_list_before(
    cast: make.Cast, people: list[Participant], django_capture_on_commit_callbacks: Any
) -> None:
    first = begin(cast, [HEADER, (people[0].pseudonym, "Ada", "", "", "", "")])
    with django_capture_on_commit_callbacks(execute=True):
        second = begin(cast, [HEADER, (people[0].pseudonym, "Ada", "", "", "", "")])
    assert (keys.find(first.id), keys.find(second.id) is None) == (None, False)
