"""What comes between in mid-round: a coder leaves, a transcript is withdrawn, a text has to be unblinded."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.actions.deciding import move_on
from apps.agreement.actions.holds import follow
from apps.agreement.actions.plans import AdjudicatorCodes, NobodyToCode, give
from apps.agreement.actions.trail import record_round
from apps.agreement.models import Round, RoundAssignment, RoundCoder, RoundTranscript
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices
from apps.transcripts.models import Transcript


class NotBeingCoded(Refusal):
    template = gettext_noop("%(round)s is not being coded, so this cannot be done.")


class NotInTheRound(Refusal):
    template = gettext_noop("%(person)s does not code in this round.")


class ReasonNeeded(Refusal):
    template = gettext_noop("Say why: the reason stands in the audit trail.")


class ReleasedAlready(Refusal):
    template = gettext_noop("%(transcript)s is released already: there is nothing to unblind.")


class OutAlready(Refusal):
    template = gettext_noop("%(transcript)s was taken out of the round already.")


@transaction.atomic
def replace_coder(
    *, round: Round, leaving: User, instead: User | None = None, by: User, now: datetime
) -> list[CodingAssignment]:
    """A coder leaves: what they have submitted stays, what is unfinished is set aside and given to another.

    Without `instead` it is shared out over the other coders of the round.
    """
    round = _locked(round)
    _must_be_coded(round)
    row = round.coders.filter(coder=leaving, left_at=None).first()
    if row is None:
        raise NotInTheRound(person=leaving.name)
    row.left_at = now
    row.save(update_fields=["left_at"])
    if instead is not None:
        _join(round, instead)
    unfinished = list(_unfinished_of(leaving, round))
    given = [
        _hand_over(member, leaving, instead, by=by, now=now)
        for member in (each.round_transcript for each in unfinished)
    ]
    record_round(
        "coder replaced",
        round,
        by=by,
        now=now,
        left=leaving.name,
        given=dict(Counter(work.coder.name for work in given)),
    )
    _tell_of_more(round, given, now=now)
    follow(round, now=now)
    return given


@transaction.atomic
def withdraw_transcript(*, member: RoundTranscript, reason: str, by: User, now: datetime) -> RoundTranscript:
    """Takes a transcript out of a round. Blind work on it is set aside; stored runs stay as they were."""
    round = _locked(member.round)
    if round.state in {Round.State.PLANNED, Round.State.CLOSED, Round.State.VOID}:
        raise NotBeingCoded(round=str(round))
    member = RoundTranscript.objects.select_for_update().get(id=member.id)
    name = str(member.transcript_version.transcript)
    if member.withdrawn_at is not None:
        raise OutAlready(transcript=name)
    member.withdrawn_reason = _said(reason)
    member.withdrawn_at, member.withdrawn_by, member.is_round_open = now, by, False
    member.save(update_fields=["withdrawn_reason", "withdrawn_at", "withdrawn_by", "is_round_open"])
    work = _work_on(member)
    for assignment in work:
        if assignment.released_at is None:
            coding.set_aside(assignment=assignment, by=by, now=now)
    record_round("transcript withdrawn", round, by=by, now=now, transcript=name)
    told = gettext("%(transcript)s was taken out of %(round)s.") % {"transcript": name, "round": round}
    _tell([each.coder for each in work], round, "transcript withdrawn", told, now=now)
    if member.batch.released_at is None:
        _look_for_another(round)
    follow(round, now=now)
    move_on(round, now=now)
    return member


@transaction.atomic
def end_use(*, transcript: Transcript, reason: str, by: User, now: datetime) -> list[RoundTranscript]:
    """Takes the transcript of somebody who has left out of every round in which it is still coded blind."""
    members = (
        RoundTranscript.objects.standing()
        .filter(transcript_version__transcript=transcript, is_round_open=True, batch__released_at=None)
        .exclude(round__state=Round.State.PLANNED)
    )
    return [withdraw_transcript(member=member, reason=reason, by=by, now=now) for member in members]


@transaction.atomic
def unblind(*, member: RoundTranscript, reason: str, by: User, now: datetime) -> RoundTranscript:
    """Opens blind work on one transcript in an emergency; it is no longer independent, and is not counted."""
    round = _locked(member.round)
    _must_be_coded(round)
    member = RoundTranscript.objects.select_for_update().get(id=member.id)
    name = str(member.transcript_version.transcript)
    if member.batch.released_at is not None:
        raise ReleasedAlready(transcript=name)
    if not member.is_counted:
        raise OutAlready(transcript=name)
    member.unblinded_reason = _said(reason)
    member.unblinded_at, member.unblinded_by = now, by
    member.save(update_fields=["unblinded_reason", "unblinded_at", "unblinded_by"])
    work = _work_on(member)
    coding.unblind(assignments=work, now=now)
    record_round("unblinded", round, by=by, now=now, transcript=name)
    told = gettext("%(person)s has unblinded %(transcript)s of %(round)s: it is not counted as independent.")
    told = told % {"person": by.name, "transcript": name, "round": round}
    _tell([*(each.coder for each in work), round.adjudicator], round, "unblinded", told, now=now)
    return member


def _locked(round: Round) -> Round:
    rows = Round.objects.select_for_update(of=("self",)).select_related("study", "adjudicator")
    return rows.get(id=round.id)


def _must_be_coded(round: Round) -> None:
    if not round.is_being_coded:
        raise NotBeingCoded(round=str(round))


def _said(reason: str) -> str:
    if not reason.strip():
        raise ReasonNeeded
    return reason.strip()


def _join(round: Round, coder: User) -> None:
    if coder.id == round.adjudicator_id:
        raise AdjudicatorCodes(person=coder.name)
    last = round.coders.aggregate(last=Max("position"))["last"] or 0
    RoundCoder.objects.update_or_create(
        round=round, coder=coder, defaults={"left_at": None}, create_defaults={"position": last + 1}
    )


def _unfinished_of(coder: User, round: Round) -> Sequence[RoundAssignment]:
    rows = RoundAssignment.objects.filter(
        round_transcript__round=round, assignment__coder=coder, assignment__voided_at=None
    ).exclude(assignment__state=CodingAssignment.State.SUBMITTED)
    return list(rows.select_related("round_transcript__round__study", "assignment"))


def _hand_over(
    member: RoundTranscript, leaving: User, instead: User | None, *, by: User, now: datetime
) -> CodingAssignment:
    """Sets unfinished work on one transcript aside and gives the transcript to the next coder, anew."""
    for assignment in _work_on(member):
        if assignment.coder_id == leaving.id:
            coding.set_aside(assignment=assignment, by=by, now=now)
    next_coder = queries.next_coder(member=member, among=[instead] if instead else None)
    if next_coder is None:
        raise NobodyToCode(transcript=str(member.transcript_version.transcript))
    return give(member, next_coder, by=by, now=now)


def _work_on(member: RoundTranscript) -> list[CodingAssignment]:
    work = CodingAssignment.objects.filter(in_round__round_transcript=member, voided_at=None)
    return list(work.select_related("coder"))


def _look_for_another(round: Round) -> None:
    """The draw goes on if another transcript is to take the place (not of one picked by hand).

    Whoever has ended the draw takes it up again themselves.
    """
    members = round.transcripts.standing()
    if not round.is_being_coded or queries.was_ended_by_hand(round=round):
        return
    if round.drawn_at is None or not members.filter(is_picked_by_hand=False).exists():
        return
    drawn_at, round.drawn_at = round.drawn_at, None
    if queries.preview(round=round).taken:
        round.save(update_fields=["drawn_at"])
    else:
        round.drawn_at = drawn_at


def _tell_of_more(round: Round, given: Sequence[CodingAssignment], *, now: datetime) -> None:
    told = gettext("%(round)s: a transcript more is yours to code, blind.") % {"round": round}
    _tell([work.coder for work in given], round, "round opened", told, now=now)


def _tell(people: Sequence[User], round: Round, kind: str, text: str, *, now: datetime) -> None:
    for person in dict.fromkeys(people):
        notices.tell(recipient=person, study=round.study, kind=kind, text=text, about=round.id, now=now)
