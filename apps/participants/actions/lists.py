from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count, groupby
from operator import attrgetter
from uuid import UUID, uuid4

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core import bulk
from apps.core.row_keys import any_of
from apps.participants.actions.people import mint, pseudonym
from apps.participants.engine.lists import ListedPerson
from apps.participants.models import CharacteristicValue, Interview, Participant
from apps.participants.queries.snapshots import INTERVIEW_FIELDS
from apps.studies.models import ParticipantGroup, Study

# The group, and the numbers that its new people get one after the other.
Numbers = dict[UUID, tuple[ParticipantGroup, Iterator[int]]]


@transaction.atomic
def bring_in(*, study: Study, people: Sequence[ListedPerson], by: User, now: datetime) -> list[Participant]:
    """Adds and changes all people of a list in a few statements; returns them in its order.

    The list was checked already (exports.queries): nothing here is asked a second time but by the database.
    """
    changed = [person.participant_id for person in people if person.participant_id]
    locked = study.participants.select_for_update(of=("self",), no_key=True)
    known = {row.id: row for row in locked.filter(id__in=any_of(changed))} if changed else {}
    numbers = _numbers(study, people)
    rows = [_row(study, person, known, numbers) for person in people]
    pairs = list(zip(rows, people, strict=True))
    _write_people([row for row, person in pairs if person.participant_id is None], now)
    bulk.update(
        Participant,
        ["site", "reference", "note"],
        [(row.id, row.site_id, row.reference, row.note) for row, person in pairs if person.participant_id],
    )
    _write_values(pairs, now)
    _write_interviews(study, pairs, now)
    new = [row for row, person in pairs if person.participant_id is None]
    record(
        "imported",
        "participants",
        by=by,
        now=now,
        study_id=study.id,
        created=len(new),
        changed=len(rows) - len(new),
        pseudonyms=_spans(new),
    )
    return rows


def _numbers(study: Study, people: Sequence[ListedPerson]) -> Numbers:
    """Mints for all new people, group by group in one order, so that two imports never block each other."""
    wanted = Counter(person.group_id for person in people if person.participant_id is None)
    groups = study.groups.filter(id__in=wanted).order_by("id")
    return {group.id: (group, count(mint(group, wanted[group.id]))) for group in groups}


def _row(
    study: Study,
    person: ListedPerson,
    known: dict[UUID, Participant],
    numbers: Numbers,
) -> Participant:
    if person.participant_id:
        row = known[person.participant_id]
        row.site_id, row.reference, row.note = person.site_id, person.reference, person.note
        return row
    group, next_numbers = numbers[person.group_id]
    number = next(next_numbers)
    return Participant(
        study=study,
        group=group,
        site_id=person.site_id,
        number=number,
        pseudonym=pseudonym(group, number),
        reference=person.reference,
        note=person.note,
    )


def _spans(new: list[Participant]) -> list[str]:
    """From the first to the last pseudonym of each group: a list of hundreds says no more."""
    ordered = sorted(new, key=lambda row: (row.group.stem, row.number))
    spans = [[row.pseudonym for row in rows] for _, rows in groupby(ordered, key=lambda row: row.group.stem)]
    return [" to ".join(dict.fromkeys((span[0], span[-1]))) for span in spans]


def _write_people(new: Iterable[Participant], now: datetime) -> None:
    names = ("id", "study_id", "group_id", "site_id", "number", "pseudonym", "reference", "note")
    of_row = attrgetter(*names)
    bulk.insert(Participant, [*names, "created_at"], ((*of_row(row), now) for row in new))


def _write_values(pairs: list[tuple[Participant, ListedPerson]], now: datetime) -> None:
    """Of new people nothing is known yet; of others a value may take the place of another."""
    bulk.insert(
        CharacteristicValue,
        ["id", "participant_id", "characteristic_id", "state", "value", "created_at"],
        (
            (uuid4(), row.id, *said, now)
            for row, person in pairs
            if person.participant_id is None
            for said in person.values
        ),
    )
    CharacteristicValue.objects.bulk_create(
        [
            CharacteristicValue(participant=row, characteristic_id=characteristic, state=state, value=value)
            for row, person in pairs
            if person.participant_id
            for characteristic, state, value in person.values
        ],
        update_conflicts=True,
        unique_fields=["participant", "characteristic"],
        update_fields=["state", "value"],
    )


def _write_interviews(study: Study, pairs: list[tuple[Participant, ListedPerson]], now: datetime) -> None:
    of_interview = attrgetter(*INTERVIEW_FIELDS)
    said = [(row.id, person.interview) for row, person in pairs if person.interview]
    bulk.insert(
        Interview,
        ["id", "study_id", "participant_id", *INTERVIEW_FIELDS, "created_at"],
        (
            (uuid4(), study.id, person, *of_interview(each), now)
            for person, each in said
            if each.interview_id is None
        ),
    )
    bulk.update(
        Interview,
        INTERVIEW_FIELDS,
        [(each.interview_id, *of_interview(each)) for _, each in said if each.interview_id],
    )
