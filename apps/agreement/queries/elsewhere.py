"""Where a reader goes on once nothing waits for them on a transcript any more."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.agreement.models import Discrepancy, Escalation, Proposal, Round
from apps.agreement.queries.differences import discrepancies, still_open
from apps.agreement.queries.queue import left_open

PSEUDONYM = "round_transcript__transcript_version__transcript__interview__participant__pseudonym"


@dataclass(frozen=True)
class Elsewhere:
    """The first discrepancy that waits on another transcript of the round."""

    id: UUID
    transcript: str


def elsewhere(
    *, discrepancy: Discrepancy, round: Round, reader: User, is_of_pair: bool, decides: bool
) -> Elsewhere | None:
    """After this transcript in the order of the round, from its first one again after the last.

    For one of a pair, their own that are open; for somebody who decides, what was left to them.
    """
    if is_of_pair:
        rows = _to_confer_on(round, reader)
    elif decides:
        rows = left_open(round=round, reader=reader)
    else:
        return None
    others = rows.exclude(round_transcript=discrepancy.round_transcript_id)
    ordered = others.order_by("round_transcript__position", "start", "position")
    later = ordered.filter(round_transcript__position__gt=discrepancy.round_transcript.position)
    found = later.values_list("id", PSEUDONYM).first() or ordered.values_list("id", PSEUDONYM).first()
    return Elsewhere(*found) if found else None


def _to_confer_on(round: Round, reader: User) -> QuerySet[Discrepancy]:
    """Open ones of the reader that nobody has left to the adjudicator, and that wait for an answer."""
    if round.state != Round.State.CONFERRING:
        return Discrepancy.objects.none()
    here = {"discrepancy": OuterRef("id"), "withdrawn_at": None}
    mine = Proposal.objects.filter(**here, proposed_by=reader)
    theirs = Proposal.objects.filter(**here).exclude(proposed_by=reader)
    rows = still_open(discrepancies(round=round, user=reader))
    rows = rows.filter(Q(first_assignment__coder=reader) | Q(second_assignment__coder=reader))
    return rows.exclude(Exists(Escalation.objects.filter(**here))).filter(~Exists(mine) | Exists(theirs))
