"""Words that somebody wished to see before they are quoted: when they were shown, and what was answered."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.transcripts.actions.corrections import NotPresent
from apps.transcripts.actions.transcripts import locked
from apps.transcripts.models import QuotationCheck, Transcript, TranscriptVersion

REWORDED = QuotationCheck.Outcome.REWORDED


class BeyondTheText(Refusal):
    template = gettext_noop("These words do not lie in the text.")


class CheckedInTheFuture(Refusal):
    template = gettext_noop("Nobody can have seen this on %(day)s, which is still to come.")


class OtherWordsMissing(Refusal):
    template = gettext_noop("Write down the words that the person wants.")


class SaidSince(Refusal):
    template = gettext_noop("Something was recorded of this passage since; undo that first.")


@transaction.atomic
def record_check(
    *,
    version: TranscriptVersion,
    start: int,
    end: int,
    outcome: str,
    happened_on: date,
    wording: str = "",
    note: str = "",
    by: User,
    now: datetime,
) -> QuotationCheck:
    """Writes down that somebody was shown words of theirs, or what they answered. Idempotent."""
    transcript = locked(version.transcript)
    if transcript.versions.filter(number__gt=version.number).exists():
        raise NotPresent(transcript=str(transcript))
    if not 0 <= start < end <= version.length:
        raise BeyondTheText
    if happened_on > localdate(now):
        raise CheckedInTheFuture(day=happened_on.isoformat())
    if outcome == REWORDED and not wording.strip():
        raise OtherWordsMissing
    said = {"outcome": outcome, "happened_on": happened_on, "note": note.strip()}
    said["wording"] = wording.strip() if outcome == REWORDED else ""
    before = _last(version, start, end)
    if before and all(getattr(before, name) == value for name, value in said.items()):
        return before
    check = QuotationCheck.objects.create(version=version, start=start, end=end, recorded_by=by, **said)
    _record("recorded", check, transcript, by=by, now=now, on=happened_on.isoformat())
    return check


@transaction.atomic
def undo_check(*, check: QuotationCheck, by: User, now: datetime) -> None:
    """Takes back what was recorded last of a passage; what was recorded before it counts again."""
    transcript = locked(check.version.transcript)
    last = _last(check.version, check.start, check.end)
    if last is not None and last.id != check.id:
        raise SaidSince
    _record("undone", check, transcript, by=by, now=now)
    check.delete()


@transaction.atomic
def forget_checks(*, transcript: Transcript) -> int:
    """Of a text whose words are erased nothing was quoted, and nobody's other words are kept."""
    return QuotationCheck.objects.filter(version__transcript=transcript).delete()[0]


def _last(version: TranscriptVersion, start: int, end: int) -> QuotationCheck | None:
    of_it = QuotationCheck.objects.filter(version=version, start=start, end=end)
    return of_it.order_by("happened_on", "created_at").last()


def _record(
    verb: str, check: QuotationCheck, transcript: Transcript, *, by: User, now: datetime, **detail: Any
) -> None:
    """Where the words stand and what was said of them, never the words themselves."""
    record(
        verb,
        "quotation check",
        by=by,
        now=now,
        study_id=transcript.study_id,
        object_id=check.id,
        object_name=str(transcript),
        outcome=check.outcome,
        start=check.start,
        end=check.end,
        **detail,
    )
