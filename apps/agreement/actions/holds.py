"""When the hold before a release begins, and when it is off again."""

from datetime import datetime

from apps.agreement.actions.trail import record_round
from apps.agreement.models import Round, RoundAssignment
from apps.coding.models import CodingAssignment


def hold_if_complete(round: Round, *, now: datetime) -> None:
    """Starts the hold once all is drawn and all that was given out is submitted. The round is locked."""
    if round.state != Round.State.CODING or round.drawn_at is None or unsubmitted(round):
        return
    if not round.transcripts.standing().exists():
        return
    round.state, round.held_since = Round.State.HELD, now
    round.save(update_fields=["state", "held_since"])
    record_round("held", round, by=None, now=now, minutes=round.hold_minutes)


def end_hold(round: Round) -> None:
    """The round is being coded again."""
    if round.state == Round.State.HELD:
        round.state, round.held_since = Round.State.CODING, None
        round.save(update_fields=["state", "held_since"])


def unsubmitted(round: Round) -> bool:
    """Whether somebody is still to hand something in."""
    work = RoundAssignment.objects.filter(round_transcript__round=round, assignment__voided_at=None)
    return work.exclude(assignment__state=CodingAssignment.State.SUBMITTED).exists()
