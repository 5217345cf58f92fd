"""Many decisions by one press of a button, and one undo for all of them."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.actions.deciding import AlreadySettled, InfluenceMissing, decisions_on, is_decider, pair
from apps.agreement.actions.discrepancies import settle
from apps.agreement.actions.proposals import NotOfThePair, propose
from apps.agreement.models import Decision, Proposal, Round
from apps.agreement.queries import Wish


@dataclass(frozen=True)
class Bulk:
    """What one press has done; `id` undoes all of it."""

    id: UUID
    settled: int
    proposed: int

    @property
    def count(self) -> int:
        return self.settled + self.proposed


def unite_boundaries(*, round: Round, words: int, by: User, now: datetime) -> Bulk:
    """Takes the union wherever an open boundary difference is smaller than so many words.

    Who may decide settles them; one of a pair proposes it, and what the other has proposed too is settled.
    """
    bulk, settled, proposed = uuid.uuid4(), 0, 0
    wish = Wish(outcome=Decision.Outcome.BOTH, extent=Decision.Extent.UNION, cause=Decision.Cause.EXTENT)
    with decisions_on(round.id, by=by) as locked:
        decides = is_decider(by, locked)
        for each in queries.small_boundaries(round=locked, words=words, user=by):
            row = each.discrepancy
            is_of_pair = by.id in pair(row)
            if not each.is_open_to_reader:
                continue
            try:
                if is_of_pair:
                    made = propose(discrepancy=row, by=by, now=now, bulk=bulk, **wish)
                    is_settled = _is_settled(made)
                else:
                    settle(discrepancy=row, by=by, now=now, bulk=bulk, **wish)
                    is_settled = True
            except (InfluenceMissing, AlreadySettled):
                continue
            settled, proposed = settled + is_settled, proposed + (not is_settled)
        if not settled and not proposed and not decides and not queries.codes_in(locked, by):
            raise NotOfThePair
    return Bulk(bulk, settled, proposed)


def _is_settled(made: Proposal) -> bool:
    return made.discrepancy.resolutions.filter(undone_at=None).exists()
