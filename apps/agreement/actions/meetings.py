"""Meetings: who is present, who drives; what one records, the other confirms."""

from datetime import datetime
from typing import Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.actions.deciding import decisions_on, is_decider, pair, record_round, tell_once
from apps.agreement.actions.proposals import NotOfThePair, propose
from apps.agreement.models import Attendance, Discrepancy, Meeting, Proposal, Round
from apps.agreement.queries import Wish
from apps.core.refusal import Refusal, gettext_noop


class InAMeeting(Refusal):
    template = gettext_noop("You are in a meeting already; leave it first.")


class MeetingIsOver(Refusal):
    template = gettext_noop("The meeting is over.")


class NotPresent(Refusal):
    template = gettext_noop("You are not in this meeting.")


class NotBothPresent(Refusal):
    template = gettext_noop("Both who differ here must be in the meeting.")


class NotTheDriver(Refusal):
    template = gettext_noop("%(person)s drives: what they record, you confirm.")


class RecordedAnew(Refusal):
    template = gettext_noop("Something else was recorded meanwhile; look at it before you confirm.")


class NotYoursToConfirm(Refusal):
    template = gettext_noop("Whoever recorded it cannot confirm it as well.")


def begin_meeting(*, round: Round, by: User, now: datetime, path: str = "") -> Meeting:
    """Opens a meeting on a round's discrepancies, and tells its coders; who opens it drives at first."""
    with decisions_on(round.id, by=by) as locked:
        _must_be_concerned(locked, by)
        meeting = Meeting.objects.create(round=locked, driver=by, begun_at=now)
        _attend(meeting, by, now=now)
        record_round("meeting begun", locked, by=by, now=now)
        told = gettext("%(person)s has begun a meeting on %(round)s: come in.") % {
            "person": by.name,
            "round": locked,
        }
        coders = User.objects.filter(assignments__in_round__round_transcript__round=locked).distinct()
        for person in coders.exclude(id=by.id):
            tell_once(person, locked, kind="meeting", text=told, path=path, now=now)
        return meeting


def join_meeting(*, meeting: Meeting, by: User, now: datetime) -> Attendance:
    """Comes in: the other of the pair, or a third person who sits beside them."""
    with decisions_on(meeting.round_id, by=by) as round:
        _must_be_concerned(round, by)
        _must_go_on(meeting)
        here = Attendance.objects.filter(meeting=meeting, person=by, left_at=None).first()
        return here or _attend(meeting, by, now=now)


def leave_meeting(*, meeting: Meeting, by: User, now: datetime) -> Meeting:
    """Goes; where the driver goes another drives, and the last who goes ends the meeting."""
    with decisions_on(meeting.round_id, by=by) as round:
        here = _present(meeting, by)
        here.left_at = now
        here.save(update_fields=["left_at"])
        still_here = Attendance.objects.filter(meeting=meeting, left_at=None).select_related("person")
        left = still_here.order_by("joined_at", "created_at").first()
        meeting.refresh_from_db()
        if left is None:
            _end(meeting, round, by=by, now=now)
        elif meeting.driver_id == by.id:
            meeting.driver = left.person
            meeting.save(update_fields=["driver"])
        return meeting


def end_meeting(*, meeting: Meeting, by: User, now: datetime) -> Meeting:
    """Ends it for all who are present."""
    with decisions_on(meeting.round_id, by=by) as round:
        _present(meeting, by)
        _must_go_on(meeting)
        Attendance.objects.filter(meeting=meeting, left_at=None).update(left_at=now)
        _end(meeting, round, by=by, now=now)
        return meeting


def end_meetings_of(round: Round, *, by: User, now: datetime) -> None:
    """Of a round that is over: whoever sat in one could come into no other."""
    for meeting in Meeting.objects.filter(round=round, ended_at=None):
        Attendance.objects.filter(meeting=meeting, left_at=None).update(left_at=now)
        _end(meeting, round, by=by, now=now)


def drive(*, meeting: Meeting, by: User, now: datetime) -> Meeting:
    """Takes over from whoever drives."""
    with decisions_on(meeting.round_id, by=by):
        _present(meeting, by)
        _must_go_on(meeting)
        meeting.driver = by
        meeting.save(update_fields=["driver"])
        return meeting


def record_outcome(
    *, meeting: Meeting, discrepancy: Discrepancy, by: User, now: datetime, **wish: Unpack[Wish]
) -> Proposal:
    """Writes down what the pair has agreed on by word of mouth; the other has to confirm it."""
    with decisions_on(meeting.round_id, by=by):
        _present(meeting, by)
        _must_go_on(meeting)
        if meeting.driver_id != by.id:
            raise NotTheDriver(person=meeting.driver.name)
        here = Attendance.objects.filter(meeting=meeting, left_at=None, person__in=pair(discrepancy))
        if here.count() < 2:
            raise NotBothPresent
        return propose(discrepancy=discrepancy, by=by, now=now, meeting=meeting, **wish)


def confirm(*, proposal: Proposal, by: User, now: datetime) -> Proposal:
    """Says yes to what the other has recorded or proposed; that settles it."""
    with decisions_on(proposal.discrepancy.round_transcript.round_id, by=by):
        if by.id == proposal.proposed_by_id:
            raise NotYoursToConfirm
        if by.id not in pair(proposal.discrepancy):
            raise NotOfThePair
        standing = Proposal.objects.filter(id=proposal.id, withdrawn_at=None, opened_at__isnull=False)
        recorded = standing.select_related("code", "meeting").first()
        if recorded is None:
            raise RecordedAnew
        wish = queries.wish_of(recorded)
        return propose(discrepancy=proposal.discrepancy, by=by, now=now, meeting=recorded.meeting, **wish)


def _attend(meeting: Meeting, person: User, *, now: datetime) -> Attendance:
    try:
        with transaction.atomic():
            return Attendance.objects.create(meeting=meeting, person=person, joined_at=now)
    except IntegrityError:
        raise InAMeeting from None


def _end(meeting: Meeting, round: Round, *, by: User, now: datetime) -> None:
    meeting.ended_at, meeting.ended_by = now, by
    meeting.save(update_fields=["ended_at", "ended_by"])
    names = Attendance.objects.filter(meeting=meeting).values_list("person__name", flat=True)
    record_round(
        "meeting ended",
        round,
        by=by,
        now=now,
        present=sorted(set(names)),
        settled=meeting.resolutions.filter(undone_at=None).count(),
    )


def _present(meeting: Meeting, by: User) -> Attendance:
    here = Attendance.objects.filter(meeting=meeting, person=by, left_at=None).first()
    if here is None:
        raise NotPresent
    return here


def _must_go_on(meeting: Meeting) -> None:
    meeting.refresh_from_db()
    if meeting.ended_at is not None:
        raise MeetingIsOver


def _must_be_concerned(round: Round, by: User) -> None:
    """Coders of the round meet, and those who may decide may sit in."""
    coders = round.transcripts.filter(assignments__assignment__coder=by)
    if not coders.exists() and not is_decider(by, round):
        raise NotOfThePair
