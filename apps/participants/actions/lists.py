from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count, groupby
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.participants.actions.people import mint, pseudonym
from apps.participants.engine.lists import ListedInterview, ListedPerson
from apps.participants.models import CharacteristicValue, Interview, Participant
from apps.studies.models import ParticipantGroup, Study

# The group, and the numbers that its new people get one after the other.
Numbers = dict[UUID, tuple[ParticipantGroup, Iterator[int]]]


@transaction.atomic
def bring_in(*, study: Study, people: Sequence[ListedPerson], by: User, now: datetime) -> list[Participant]:
    """Adds and changes all people of a list in a few statements; returns them in its order.

    The list was checked already (exports.queries): nothing here is asked a second time but by the database.
    """
    known = {row.id: row for row in study.participants.select_for_update(of=("self",), no_key=True)}
    numbers = _numbers(study, people)
    rows = [_row(study, person, known, numbers) for person in people]
    pairs = list(zip(rows, people, strict=True))
    Participant.objects.bulk_create(row for row, person in pairs if person.participant_id is None)
    Participant.objects.bulk_update(
        [row for row, person in pairs if person.participant_id], ["site", "reference", "note"]
    )
    _write_values(pairs)
    _write_interviews(study, pairs)
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


def _write_values(pairs: list[tuple[Participant, ListedPerson]]) -> None:
    CharacteristicValue.objects.bulk_create(
        [
            CharacteristicValue(participant=row, characteristic_id=characteristic, state=state, value=value)
            for row, person in pairs
            for characteristic, state, value in person.values
        ],
        update_conflicts=True,
        unique_fields=["participant", "characteristic"],
        update_fields=["state", "value"],
    )


def _write_interviews(study: Study, pairs: list[tuple[Participant, ListedPerson]]) -> None:
    said = [
        (_interview(study, row, person.interview), person.interview.interview_id)
        for row, person in pairs
        if person.interview
    ]
    Interview.objects.bulk_create(interview for interview, stored in said if stored is None)
    Interview.objects.bulk_update(
        [interview for interview, stored in said if stored],
        ["status", "held_on", "mode", "minutes", "interviewer", "interviewer_name"],
    )


def _interview(study: Study, participant: Participant, listed: ListedInterview) -> Interview:
    identity = {"id": listed.interview_id} if listed.interview_id else {}
    return Interview(
        **identity,
        study=study,
        participant=participant,
        status=listed.status,
        held_on=listed.held_on,
        mode=listed.mode,
        minutes=listed.minutes,
        interviewer_id=listed.interviewer_id,
        interviewer_name=listed.interviewer_name,
    )
