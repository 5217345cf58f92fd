from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.actions.people import OfAnotherStudy
from apps.participants.actions.sampling import CellOf, NoReason, check_cell
from apps.participants.models import RecruitmentRound
from apps.studies.models import Study


class NoFinding(Refusal):
    template = gettext_noop("Say what the coded data showed.")


class AlreadyClosed(Refusal):
    template = gettext_noop("This recruitment round is closed already.")


class NotClosed(Refusal):
    template = gettext_noop("This recruitment round is open.")


class ClosesBeforeItOpens(Refusal):
    template = gettext_noop("The round was opened on %(day)s and cannot end before.")


_CELL = tuple(CellOf.__dataclass_fields__)


@transaction.atomic
def open_round(
    *,
    study: Study,
    title: str,
    origin: str,
    rationale: str,
    opened_on: date | None = None,
    by: User,
    now: datetime,
    **fields: Any,
) -> RecruitmentRound:
    """A return to the field: for whom, why, and what showed that they are missing."""
    # One number after the other, whoever opens rounds at the same time.
    Study.objects.select_for_update(no_key=True).get(id=study.id)
    last = study.recruitment_rounds.aggregate(last=Max("number"))["last"] or 0
    opened = RecruitmentRound(
        study=study,
        number=last + 1,
        title=title,
        origin=origin,
        rationale=rationale,
        opened_on=opened_on or localdate(now),
        opened_by=by,
        **fields,
    )
    _check(opened)
    opened.save()
    _record("opened", opened, by=by, now=now, origin=str(origin))
    return opened


@transaction.atomic
def change_round(*, round: RecruitmentRound, by: User, now: datetime, **fields: Any) -> RecruitmentRound:
    """Puts right what is said of a round, open or closed."""
    round = RecruitmentRound.objects.select_for_update(of=("self",)).get(id=round.id)
    changed = [name for name, value in fields.items() if getattr(round, name) != value]
    for name in changed:
        setattr(round, name, fields[name])
    _check(round)
    if changed:
        round.save(update_fields=changed)
        _record("changed", round, by=by, now=now, changed=changed)
    return round


@transaction.atomic
def close_round(
    *, round: RecruitmentRound, outcome: str, on: date | None = None, by: User, now: datetime
) -> RecruitmentRound:
    """Ends a round and says what came of it."""
    round = RecruitmentRound.objects.select_for_update(of=("self",)).get(id=round.id)
    day = on or localdate(now)
    if not round.is_open:
        raise AlreadyClosed
    if day < round.opened_on:
        raise ClosesBeforeItOpens(day=round.opened_on.isoformat())
    round.closed_on, round.closed_by, round.outcome = day, by, outcome
    round.save(update_fields=["closed_on", "closed_by", "outcome"])
    _record("closed", round, by=by, now=now)
    return round


@transaction.atomic
def reopen_round(*, round: RecruitmentRound, by: User, now: datetime) -> RecruitmentRound:
    """Takes the end of a round back."""
    round = RecruitmentRound.objects.select_for_update(of=("self",)).get(id=round.id)
    if round.is_open:
        raise NotClosed
    round.closed_on = round.closed_by = None
    round.save(update_fields=["closed_on", "closed_by"])
    _record("reopened", round, by=by, now=now)
    return round


def _check(round: RecruitmentRound) -> None:
    if not round.rationale.strip():
        raise NoReason
    if round.origin == RecruitmentRound.Origin.FINDING and not round.finding.strip():
        raise NoFinding
    if round.group:
        check_cell(round.study, CellOf(**{name: getattr(round, name) for name in _CELL}))
    elif round.site and round.site.study_id != round.study_id:
        raise OfAnotherStudy(name=round.site.name)


def _record(verb: str, round: RecruitmentRound, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "recruitment round",
        by=by,
        now=now,
        study_id=round.study_id,
        object_id=round.id,
        object_name=str(round),
        **detail,
    )
