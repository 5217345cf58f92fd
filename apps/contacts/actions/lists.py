"""A list of contact details on its way into the vault: sealed from the first moment, forgotten after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.contacts.actions.details import look_through, write
from apps.contacts.actions.keys import SETTLED
from apps.contacts.engine.details import Details
from apps.contacts.engine.lists import Complaint, Listed, guess, read_details
from apps.contacts.engine.sealing import NotOurKeyError, new_key, seal_json, unseal_json
from apps.contacts.models import ContactList
from apps.contacts.queries import lines
from apps.core import keys
from apps.core.refusal import Refusal, gettext_noop
from apps.core.tables import Table, read_table_apart
from apps.participants.models import Participant, Withdrawal
from apps.studies.models import Membership

NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"


class ListIsGone(Refusal):
    template = gettext_noop("This list was forgotten, as every list is after an hour; bring it in again.")


class ListHasProblems(Refusal):
    template = gettext_noop("%(count)s problems stand in the way; nothing was written.")


class NothingNewInTheList(Refusal):
    template = gettext_noop("Everything in this list is there already; nothing was changed.")


@dataclass(frozen=True)
class Opened:
    """A list with what its columns stand for, by heading."""

    table: Table
    meanings: dict[str, str]


@dataclass(frozen=True)
class PlannedDetails:
    """What would happen to one row; `changed` are names of fields, never what stands in them."""

    number: int
    name: str
    status: str
    changed: tuple[str, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    participant: Participant | None = None
    details: Details | None = None


@transaction.atomic
def begin_list(
    *, file_name: str, content: bytes, membership: Membership, by: User, now: datetime
) -> ContactList:
    """Reads a file and seals it at once; what the person had begun before is forgotten."""
    table = read_table_apart(file_name, content)
    for earlier in ContactList.objects.filter(study=membership.study_id, begun_by=by):
        forget_list(begun=earlier)
    begun = ContactList(study_id=membership.study_id, begun_by=by, begun_at=now)
    keys.keep(begun.id, new_key(settings.STUDY_KEYS))
    _seal(begun, Opened(table, dict(zip(table.headers, guess(table.headers), strict=True))))
    begun.save()
    record("began", "contact list", by=by, now=now, study_id=membership.study_id, rows=len(table.rows))
    return begun


def open_list(*, begun: ContactList, now: datetime) -> Opened:
    """The list as it was read, for whoever brought it."""
    wrapped = keys.find(begun.id)
    if wrapped is None or begun.begun_at < now - SETTLED:
        raise ListIsGone
    try:
        held = unseal_json(bytes(begun.sealed), wrapped=wrapped, study_keys=settings.STUDY_KEYS)
    except NotOurKeyError as error:
        raise ListIsGone from error
    return Opened(Table.from_json(held["table"]), held["meanings"])


@transaction.atomic
def say_meanings(*, begun: ContactList, meanings: Mapping[str, str], now: datetime) -> None:
    """What the columns stand for, as a person says."""
    _seal(begun, Opened(open_list(begun=begun, now=now).table, dict(meanings)))
    begun.save(update_fields=["sealed"])


@transaction.atomic
def forget_list(*, begun: ContactList) -> None:
    """Throws a list away, for good and out of every dump."""
    key = begun.id
    begun.delete()
    transaction.on_commit(lambda: keys.destroy(key))


@transaction.atomic
def compare_list(
    *, begun: ContactList, membership: Membership, reason: str, by: User, now: datetime
) -> list[PlannedDetails]:
    """What writing the list would do, row by row; whose details were unsealed for it is on record."""
    opened = open_list(begun=begun, now=now)
    rows = [read_details(row, opened.meanings) for row in opened.table.rows if not row.is_total]
    people = [line.participant for line in lines(membership)]
    by_reference = {each.reference: each for each in people if each.reference}
    by_pseudonym = {_folded(each.pseudonym): each for each in people}
    found = [
        _person(row, by_reference.get(row.reference), by_pseudonym.get(_folded(row.pseudonym)))
        for row in rows
    ]
    known = dict(
        look_through(
            people=[person for person in found if person],
            membership=membership,
            reason=reason,
            purpose="compared with a list",
            by=by,
            now=now,
        )
    )
    return _planned(rows, found, known)


@transaction.atomic
def write_list(*, begun: ContactList, membership: Membership, reason: str, by: User, now: datetime) -> int:
    """Writes all of it or nothing, and forgets the list. Returns of how many people something changed."""
    begun = ContactList.objects.select_for_update(of=("self",)).get(id=begun.id)
    plan = compare_list(begun=begun, membership=membership, reason=reason, by=by, now=now)
    if problems := sum(len(row.complaints) for row in plan):
        raise ListHasProblems(count=problems)
    wanted = [row for row in plan if row.participant and row.details and row.status != UNCHANGED]
    if not wanted:
        raise NothingNewInTheList
    for row in wanted:
        assert row.participant
        assert row.details
        write(participant=row.participant, details=row.details, membership=membership, by=by, now=now)
    record("wrote", "contact list", by=by, now=now, study_id=membership.study_id, people=len(wanted))
    forget_list(begun=begun)
    return len(wanted)


def forget_old_lists(*, now: datetime) -> None:
    """The rows of lists whose hour is over; their keys go with those of everybody who is no longer kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_forget_contact_lists(%s)", [now - SETTLED])


def _seal(begun: ContactList, opened: Opened) -> None:
    wrapped = keys.find(begun.id)
    if wrapped is None:
        raise ListIsGone
    held: dict[str, Any] = {"table": opened.table.to_json(), "meanings": opened.meanings}
    begun.sealed = seal_json(held, wrapped=wrapped, study_keys=settings.STUDY_KEYS)


def _person(row: Listed, referred: Participant | None, named: Participant | None) -> Participant | None:
    """Whoever is not there and whoever is of another site are answered alike."""
    if not row.reference and not row.pseudonym:
        _complain(row, gettext_noop("This row does not say whose details these are."))
    elif (row.pseudonym and not named) or (row.reference and not referred):
        _complain(row, gettext_noop("Nobody on your list has this pseudonym or reference."))
    elif row.pseudonym and row.reference and named != referred:
        _complain(row, gettext_noop("Pseudonym and reference are those of two people."))
    return None if row.complaints else referred or named


def _planned(
    rows: list[Listed], found: list[Participant | None], known: Mapping[Participant, Details]
) -> list[PlannedDetails]:
    seen: dict[Participant, int] = {}
    destroyed = set(
        Withdrawal.objects.filter(
            participant__in=[each for each in found if each], contact=Withdrawal.Contact.DESTROY
        ).values_list("participant_id", flat=True)
    )
    plan = []
    for row, person in zip(rows, found, strict=True):
        if person in seen:
            _complain(row, gettext_noop("This person is in row %(before)s already."), before=seen[person])
        elif person and person.id in destroyed:
            _complain(row, gettext_noop("This person has withdrawn; nothing may be written of them."))
        if person:
            seen.setdefault(person, row.number)
        plan.append(_one(row, person, known))
    return plan


def _one(row: Listed, person: Participant | None, known: Mapping[Participant, Details]) -> PlannedDetails:
    name = person.pseudonym if person else row.pseudonym or row.reference
    if row.complaints or person is None:
        return PlannedDetails(row.number, name, REFUSED, complaints=tuple(row.complaints))
    before = known.get(person, Details())
    after = row.over(before)
    changed = tuple(after.differing(before))
    status = UNCHANGED if not changed else CHANGED if person in known else NEW
    return PlannedDetails(row.number, name, status, changed, participant=person, details=after)


def _complain(row: Listed, template: str, **facts: str | int) -> None:
    row.complaints.append(Complaint(row.number, "", template, facts))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
