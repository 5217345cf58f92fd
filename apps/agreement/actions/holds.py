"""When the hold before the release of a batch begins, when it is off again, and when all is released."""

from datetime import datetime
from typing import Any

from apps.agreement import queries
from apps.agreement.actions.trail import record_round
from apps.agreement.models import Batch, Round


def follow(round: Round, *, now: datetime) -> None:
    """Begins the hold of every batch that is complete and ends that of others. The round is locked."""
    if not round.is_being_coded:
        return
    lines = queries.batches(round=round)
    for line in lines:
        batch = line.batch
        if batch.released_at is None and line.is_complete != (batch.held_since is not None):
            batch.held_since = now if line.is_complete else None
            batch.save(update_fields=["held_since"])
            if line.is_complete:
                record_round("held", round, by=None, now=now, minutes=round.hold_minutes, **named(batch))
    _say_where_it_stands(round, lines, now=now)


def named(batch: Batch) -> dict[str, Any]:
    """For the trail; a round that is released as a whole needs no name."""
    return {"batch": batch.name} if batch.name else {}


def _say_where_it_stands(round: Round, lines: list[queries.BatchLine], *, now: datetime) -> None:
    """Coding or held until the first release; released as a whole once nothing is to come."""
    to_come = [line.batch for line in lines if line.batch.released_at is None and not line.is_empty]
    if round.state in {Round.State.CODING, Round.State.HELD}:
        is_held = bool(to_come) and all(batch.held_since is not None for batch in to_come)
        round.state = Round.State.HELD if is_held else Round.State.CODING
    elif not to_come:
        round.released_at = now
    round.save(update_fields=["state", "released_at"])
