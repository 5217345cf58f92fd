from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.models import Participant
from apps.studies.models import ParticipantGroup, Site, Study


class OfAnotherStudy(Refusal):
    template = gettext_noop("“%(name)s” does not belong to this study.")


class ReferenceIsTaken(Refusal):
    template = gettext_noop("The study reference “%(reference)s” is that of %(pseudonym)s already.")


class HasATranscript(Refusal):
    template = gettext_noop("%(pseudonym)s has a transcript and cannot be removed.")


@transaction.atomic
def add(
    *,
    study: Study,
    group: ParticipantGroup,
    site: Site,
    reference: str = "",
    note: str = "",
    by: User,
    now: datetime,
) -> Participant:
    """A new person under the next pseudonym of the group."""
    for row in (group, site):
        if row.study_id != study.id:
            raise OfAnotherStudy(name=row.name)
    check_reference(study, reference)
    number = mint(group, 1)
    participant = Participant.objects.create(
        study=study,
        group=group,
        site=site,
        number=number,
        pseudonym=pseudonym(group, number),
        reference=reference,
        note=note,
    )
    _record("added", participant, by=by, now=now, group=group.name)
    return participant


@transaction.atomic
def change(
    *, participant: Participant, site: Site, reference: str, note: str, by: User, now: datetime
) -> Participant:
    """Group and pseudonym stay for ever; everything else can be put right."""
    participant = Participant.objects.select_for_update(no_key=True).get(id=participant.id)
    if site.study_id != participant.study_id:
        raise OfAnotherStudy(name=site.name)
    check_reference(participant.study, reference, but=participant)
    wanted = {"site_id": site.id, "reference": reference, "note": note}
    changed = [field for field, value in wanted.items() if getattr(participant, field) != value]
    if not changed:
        return participant
    participant.site, participant.reference, participant.note = site, reference, note
    participant.save(update_fields=["site", "reference", "note"])
    _record("changed", participant, by=by, now=now, changed=[name.removesuffix("_id") for name in changed])
    return participant


@transaction.atomic
def remove(*, participant: Participant, by: User, now: datetime) -> None:
    """Removes a person who was added by mistake; the pseudonym is not given to anybody else."""
    _record("removed", participant, by=by, now=now)
    try:
        participant.delete()
    except ProtectedError as error:
        raise HasATranscript(pseudonym=participant.pseudonym) from error


def mint(group: ParticipantGroup, count: int) -> int:
    """Takes the next numbers of a group and returns the first; whoever comes at the same time waits."""
    locked = ParticipantGroup.objects.select_for_update(no_key=True).get(id=group.id)
    first = locked.numbers_minted + 1
    locked.numbers_minted += count
    locked.save(update_fields=["numbers_minted"])
    return first


def pseudonym(group: ParticipantGroup, number: int) -> str:
    return f"{group.stem} {number:02d}"


def check_reference(study: Study, reference: str, *, but: Participant | None = None) -> None:
    """A reference names one person. Locks the study's people against a second one at the same time."""
    if not reference:
        return
    Study.objects.select_for_update(no_key=True).get(id=study.id)
    holder = study.participants.filter(reference=reference).first()
    if holder and holder != but:
        raise ReferenceIsTaken(reference=reference, pseudonym=holder.pseudonym)


def _record(verb: str, participant: Participant, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "participant",
        by=by,
        now=now,
        study_id=participant.study_id,
        object_id=participant.id,
        object_name=participant.pseudonym,
        **detail,
    )
