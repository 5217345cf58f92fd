"""Open coding: colleagues who code the same text see one another's work, where a study chooses that."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.actions import record
from apps.coding.models import CodingAssignment, Presence
from apps.core.refusal import gettext_noop
from apps.core.wakes import tell
from apps.notices import actions as notices
from apps.studies.models import Study


@transaction.atomic
def choose_open_coding(*, study: Study, is_open: bool, by: User, now: datetime) -> Study:
    """Opens the primary coding of a study to all who code the same text, or closes it; its coders are told.

    Independent coding stays blind: a constraint of the database forbids to open it.
    """
    study = Study.objects.select_for_update().get(id=study.id)
    if study.is_coding_open == is_open:
        return study
    study.is_coding_open = is_open
    study.save(update_fields=["is_coding_open"])
    primary = CodingAssignment.objects.filter(study=study, kind=CodingAssignment.Kind.PRIMARY, voided_at=None)
    primary.update(is_open=is_open)
    record(
        "changed",
        "study",
        by=by,
        now=now,
        study_id=study.id,
        object_id=study.id,
        object_name=study.name,
        changes={"is_coding_open": {"from": not is_open, "to": is_open}},
    )
    unfinished = primary.exclude(state=CodingAssignment.State.SUBMITTED)
    for work in unfinished:
        tell(work.topic)
    for coder in User.objects.filter(id__in=unfinished.values("coder")).exclude(id=by.id):
        told = _OPENED if is_open else _CLOSED
        notices.tell(recipient=coder, study=study, kind="open coding", text=_(told), now=now)
    return study


@transaction.atomic
def be_present(*, assignment: CodingAssignment, now: datetime) -> None:
    """The coder of an open assignment has its page before them; colleagues hear of it when it is new."""
    seen = Presence.objects.filter(assignment=assignment).first()
    Presence.objects.update_or_create(assignment=assignment, defaults={"seen_at": now})
    if seen is None or seen.seen_at < now - Presence.GONE_AFTER:
        tell(assignment.topic_of_team)


_OPENED = gettext_noop(
    "Primary coding is open from now on: those who code the same transcript see one another's codings."
)
_CLOSED = gettext_noop("Primary coding is no longer open: you see colleagues' codings when they submit.")
