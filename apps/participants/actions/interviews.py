from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.timezone import localdate

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.actions.consent import check_consent
from apps.participants.actions.ties import must_not_be_barred
from apps.participants.models import Activity, ConsentScope, Interview, Participant, Tie, TopicGuide
from apps.participants.queries import tie_between

_FIELDS = ("status", "held_on", "mode", "minutes", "interviewer", "interviewer_name")


class NoDate(Refusal):
    template = gettext_noop("An interview that was held has a date.")


class HeldInTheFuture(Refusal):
    template = gettext_noop("An interview on %(day)s cannot have been held yet.")


class MinutesNotHeld(Refusal):
    template = gettext_noop("Only an interview that was held has a duration.")


class NotOfTheTeam(Refusal):
    template = gettext_noop("%(person)s is not a member of this study.")


class TwoInterviewers(Refusal):
    template = gettext_noop("Choose a member as interviewer or write a name, not both.")


class GuideOfAnotherGroup(Refusal):
    template = gettext_noop("“%(guide)s” is not a guide for the group of %(pseudonym)s.")


class InterviewHasATranscript(Refusal):
    template = gettext_noop("This interview of %(pseudonym)s has a transcript and cannot be removed.")


@dataclass(frozen=True)
class Noted:
    """How an interview was held, beyond who, when and how long."""

    topic_guide: TopicGuide | None = None
    place: str = ""
    recording_device: str = ""
    transcriber: str = ""
    notes: str = ""
    incidents: str = ""


def book_interview(
    *,
    participant: Participant,
    on: date | None = None,
    mode: str = Interview.Mode.VIDEO,
    interviewer: User | None = None,
    interviewer_name: str = "",
    by: User,
    now: datetime,
) -> Interview:
    """An interview that is to come."""
    return write_interview(
        participant=participant,
        status=Interview.Status.BOOKED,
        held_on=on,
        mode=mode,
        interviewer=interviewer,
        interviewer_name=interviewer_name,
        by=by,
        now=now,
    )


def record_interview(
    *,
    participant: Participant,
    held_on: date,
    mode: str = Interview.Mode.VIDEO,
    minutes: int | None = None,
    interviewer: User | None = None,
    interviewer_name: str = "",
    by: User,
    now: datetime,
) -> Interview:
    """An interview that was held; the interviewer is a member, or somebody of whom only the name is known."""
    return write_interview(
        participant=participant,
        status=Interview.Status.HELD,
        held_on=held_on,
        mode=mode,
        minutes=minutes,
        interviewer=interviewer,
        interviewer_name=interviewer_name,
        by=by,
        now=now,
    )


def write_interview(
    *,
    participant: Participant,
    status: str,
    held_on: date | None = None,
    mode: str = Interview.Mode.VIDEO,
    minutes: int | None = None,
    interviewer: User | None = None,
    interviewer_name: str = "",
    by: User,
    now: datetime,
) -> Interview:
    """An interview of any status, for a form that has them all."""
    if status != Interview.Status.CANCELLED:
        check_consent(participant, ConsentScope.INTERVIEW)
    interview = Interview(study=participant.study, participant=participant)
    wanted = _values(status, held_on, mode, minutes, interviewer, interviewer_name)
    verb = "recorded" if status == Interview.Status.HELD else str(status)
    _write(interview, wanted, verb, by=by, now=now)
    return interview


def change_interview(
    *,
    interview: Interview,
    status: str,
    held_on: date | None,
    mode: str,
    minutes: int | None,
    interviewer: User | None,
    interviewer_name: str,
    by: User,
    now: datetime,
) -> Interview:
    """Moves, cancels or records an interview, or puts right what was written about it."""
    if status == Interview.Status.BOOKED != interview.status:
        check_consent(interview.participant, ConsentScope.INTERVIEW)
    wanted = _values(status, held_on, mode, minutes, interviewer, interviewer_name)
    if any(getattr(interview, field) != value for field, value in wanted.items()):
        _write(interview, wanted, "changed", by=by, now=now)
    return interview


@transaction.atomic
def note_interview(*, interview: Interview, noted: Noted, by: User, now: datetime) -> Interview:
    """Writes down how an interview was held; the audit trail says what changed, never what is noted."""
    guide = noted.topic_guide
    if guide and guide.group_id != interview.participant.group_id:
        raise GuideOfAnotherGroup(guide=str(guide), pseudonym=interview.participant.pseudonym)
    changed = [name for name, value in vars(noted).items() if getattr(interview, name) != value]
    if noted.recording_device and "recording_device" in changed:
        check_consent(interview.participant, ConsentScope.RECORDING)
    if changed:
        for name in changed:
            setattr(interview, name, getattr(noted, name))
        interview.save(update_fields=changed)
        _record("noted", interview, by=by, now=now, changed=changed)
    return interview


@transaction.atomic
def remove_interview(*, interview: Interview, by: User, now: datetime) -> None:
    """Removes an interview that was written down by mistake."""
    _record("removed", interview, by=by, now=now)
    try:
        interview.delete()
    except ProtectedError as error:
        raise InterviewHasATranscript(pseudonym=interview.participant.pseudonym) from error


def _values(
    status: str,
    held_on: date | None,
    mode: str,
    minutes: int | None,
    interviewer: User | None,
    interviewer_name: str,
) -> dict[str, Any]:
    return dict(zip(_FIELDS, (status, held_on, mode, minutes, interviewer, interviewer_name), strict=True))


@transaction.atomic
def _write(interview: Interview, wanted: dict[str, Any], verb: str, *, by: User, now: datetime) -> None:
    for field, value in wanted.items():
        setattr(interview, field, value)
    _check(interview, now=now)
    tie = _tie_of_the_interviewer(interview)
    interview.save()
    known = {"tie_of_the_interviewer": tie.get_kind_display()} if tie else {}
    _record(verb, interview, by=by, now=now, status=str(interview.status), **known)


def _tie_of_the_interviewer(interview: Interview) -> Tie | None:
    """Refuses what a tie blocks. What has been held is recorded as it was: it cannot be undone by a rule."""
    if interview.interviewer is None:
        return None
    ask = must_not_be_barred if interview.status == Interview.Status.BOOKED else tie_between
    return ask(participant=interview.participant, member=interview.interviewer, activity=Activity.INTERVIEW)


def _check(interview: Interview, *, now: datetime) -> None:
    is_held = interview.status == Interview.Status.HELD
    if is_held and interview.held_on is None:
        raise NoDate
    if is_held and interview.held_on and interview.held_on > localdate(now):
        raise HeldInTheFuture(day=interview.held_on.isoformat())
    if interview.minutes is not None and not is_held:
        raise MinutesNotHeld
    if interview.interviewer and interview.interviewer_name:
        raise TwoInterviewers
    team = interview.study.memberships
    if interview.interviewer and not team.filter(user=interview.interviewer).exists():
        raise NotOfTheTeam(person=interview.interviewer.name)


def _record(verb: str, interview: Interview, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "interview",
        by=by,
        now=now,
        study_id=interview.study_id,
        object_id=interview.id,
        object_name=interview.participant.pseudonym,
        **detail,
    )
