"""The pair confers apart: each proposes, equal proposals settle, what stays open goes to the adjudicator."""

from datetime import datetime
from typing import Unpack
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.actions.deciding import (
    NotOpenForDecisions,
    checked,
    decide,
    decisions_on,
    hand_over,
    is_decider,
    move_on,
    must_be_open,
    pair,
    record_on,
    record_round,
    tell_deciders,
)
from apps.agreement.models import Discrepancy, Escalation, Meeting, Proposal, Round
from apps.agreement.queries import Wish
from apps.core.refusal import Refusal, gettext_noop


class NotOfThePair(Refusal):
    template = gettext_noop("Only the two coders who differ here can propose what stands.")


class ConferringIsOver(Refusal):
    template = gettext_noop("Conferring is over in this round: the adjudicator decides what is open.")


class LeftToAdjudicator(Refusal):
    template = gettext_noop("%(person)s has left this to the adjudicator.")


class NothingProposed(Refusal):
    template = gettext_noop("You have not proposed anything here.")


class ProposeFirst(Refusal):
    template = gettext_noop("Proposals are sealed in this round: say first what you would decide.")


class NotLeft(Refusal):
    template = gettext_noop("This was not left to the adjudicator.")


def propose(
    *,
    discrepancy: Discrepancy,
    by: User,
    now: datetime,
    meeting: Meeting | None = None,
    bulk: UUID | None = None,
    **wish: Unpack[Wish],
) -> Proposal:
    """Says what one of the pair would decide; where the other has said the same, it is settled."""
    with decisions_on(discrepancy.round_transcript.round_id, by=by) as round:
        _must_be_open_to_pair(discrepancy, round, by)
        passages = checked(discrepancy, wish, round)
        Proposal.objects.filter(discrepancy=discrepancy, proposed_by=by, withdrawn_at=None).update(
            withdrawn_at=now
        )
        is_sealed = round.has_sealed_proposals and meeting is None
        made = Proposal.objects.create(
            discrepancy=discrepancy,
            **{**wish, "reason": wish.get("reason", "").strip()},
            proposed_by=by,
            proposed_at=now,
            opened_at=None if is_sealed else now,
            meeting=meeting,
            bulk=bulk,
        )
        _open_both(discrepancy, now=now)
        made.refresh_from_db(fields=["opened_at"])
        if made.opened_at:
            # A sealed proposal is written down nowhere else: the trail is read by coders too.
            record_on("proposed", discrepancy, round, by=by, now=now, outcome=made.outcome)
            _settle_if_equal(made, passages, round, now=now)
        return made


def withdraw(*, discrepancy: Discrepancy, by: User, now: datetime) -> Proposal:
    """Takes one's own proposal back."""
    with decisions_on(discrepancy.round_transcript.round_id, by=by) as round:
        _must_be_open_to_pair(discrepancy, round, by)
        mine = Proposal.objects.filter(discrepancy=discrepancy, proposed_by=by, withdrawn_at=None).first()
        if mine is None:
            raise NothingProposed
        mine.withdrawn_at = now
        mine.save(update_fields=["withdrawn_at"])
        if mine.opened_at:
            record_on("withdrawn", discrepancy, round, by=by, now=now)
        return mine


def escalate(*, discrepancy: Discrepancy, by: User, now: datetime) -> Escalation:
    """Leaves a discrepancy to the adjudicator; what the pair has proposed lies open then."""
    with decisions_on(discrepancy.round_transcript.round_id, by=by) as round:
        _must_be_open_to_pair(discrepancy, round, by)
        mine = Proposal.objects.filter(discrepancy=discrepancy, proposed_by=by, withdrawn_at=None)
        if round.has_sealed_proposals and not mine.exists():
            raise ProposeFirst
        made = Escalation.objects.create(discrepancy=discrepancy, escalated_by=by, escalated_at=now)
        _open_both(discrepancy, now=now)
        record_on("escalated", discrepancy, round, by=by, now=now)
        told = gettext("%(round)s: the coders leave discrepancies to you.") % {"round": round}
        its_transcript = round.transcripts.filter(id=discrepancy.round_transcript_id)
        tell_deciders(round, its_transcript, text=told, now=now)
        move_on(round, now=now)
        return made


def take_up(*, discrepancy: Discrepancy, by: User, now: datetime) -> Escalation:
    """Takes a discrepancy back from the adjudicator, to confer about it once more."""
    with decisions_on(discrepancy.round_transcript.round_id, by=by) as round:
        if by.id not in pair(discrepancy):
            raise NotOfThePair
        must_be_open(discrepancy, round, by=by)
        left = Escalation.objects.filter(discrepancy=discrepancy, withdrawn_at=None).first()
        if left is None:
            raise NotLeft
        left.withdrawn_at = now
        left.save(update_fields=["withdrawn_at"])
        record_on("taken up", discrepancy, round, by=by, now=now)
        if round.state == Round.State.ADJUDICATING:
            _confer_again(round, by=by, now=now)
        return left


def end_conferring(*, round: Round, by: User, now: datetime) -> Round:
    """Hands what is open to the adjudicator."""
    with decisions_on(round.id, by=by) as locked:
        _must_be_concerned(locked, by)
        if locked.state != Round.State.CONFERRING:
            raise ConferringIsOver
        hand_over(locked, by=by, now=now)
        return locked


def confer_again(*, round: Round, by: User, now: datetime) -> Round:
    """Lets the pairs go on conferring."""
    with decisions_on(round.id, by=by) as locked:
        _must_be_concerned(locked, by)
        if locked.state != Round.State.ADJUDICATING:
            raise NotOpenForDecisions
        _confer_again(locked, by=by, now=now)
        return locked


def _confer_again(round: Round, *, by: User, now: datetime) -> None:
    round.state = Round.State.CONFERRING
    round.save(update_fields=["state"])
    record_round("conferring again", round, by=by, now=now)


def _must_be_concerned(round: Round, by: User) -> None:
    coders = round.transcripts.filter(assignments__assignment__coder=by)
    if not coders.exists() and not is_decider(by, round):
        raise NotOfThePair


def _must_be_open_to_pair(discrepancy: Discrepancy, round: Round, by: User) -> None:
    if by.id not in pair(discrepancy):
        raise NotOfThePair
    must_be_open(discrepancy, round, by=by)
    if round.state != Round.State.CONFERRING:
        raise ConferringIsOver
    left = Escalation.objects.filter(discrepancy=discrepancy, withdrawn_at=None).first()
    if left is not None:
        raise LeftToAdjudicator(person=left.escalated_by.name)


def _open_both(discrepancy: Discrepancy, *, now: datetime) -> None:
    """Opens the proposals once both have proposed, or one has left it. No role of ours sees a sealed one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_open_proposals(%s, %s)", [discrepancy.id, now])


def _settle_if_equal(
    mine: Proposal, passages: tuple[queries.Passage, ...], round: Round, *, now: datetime
) -> None:
    others = Proposal.objects.filter(
        discrepancy=mine.discrepancy_id, withdrawn_at=None, opened_at__isnull=False
    )
    other = others.exclude(proposed_by=mine.proposed_by).select_related("proposed_by", "code").first()
    if other is None:
        return
    theirs = queries.wish_of(other)
    is_same_kind = (mine.outcome == "codebook") == (other.outcome == "codebook")
    if not is_same_kind or queries.what_would_stand(mine.discrepancy, theirs) != passages:
        return
    wish = queries.wish_of(mine)
    wish["cause"] = mine.cause or other.cause
    if other.reason and other.reason != mine.reason:
        wish["reason"] = f"{mine.reason}\n\n{other.reason}".strip()
    meeting = mine.meeting or other.meeting
    # In a meeting it is the one who recorded that decided; the other confirmed.
    by, confirmed_by = (
        (other.proposed_by, mine.proposed_by) if other.meeting_id else (mine.proposed_by, other.proposed_by)
    )
    decide(
        mine.discrepancy,
        wish,
        passages,
        round=round,
        by=by,
        now=now,
        confirmed_by=confirmed_by,
        meeting=meeting,
        bulk=mine.bulk,
    )
