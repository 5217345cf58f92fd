"""The pair's walk through the discrepancies of one transcript, in reading order."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.agreement.models import Discrepancy, Escalation, Proposal, Resolution, Round
from apps.agreement.queries.naming import is_turned

STATES = {
    "open": _("Open"),
    "proposed": _("You have proposed"),
    "answer": _("The other has proposed"),
    "differ": _("Proposals differ"),
    "escalated": _("Left to the adjudicator"),
    "settled": _("Settled"),
    "left_open": _("Left open"),
}


class Tag(NamedTuple):
    """A code as a small sign."""

    label: str
    hue: int
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One discrepancy as the list beside the text shows it."""

    id: UUID
    kind: str
    answer: int | None
    tags: tuple[Tag, ...]
    state: str

    @property
    def kind_name(self) -> str:
        return str(Discrepancy.Kind(self.kind).label)

    @property
    def state_name(self) -> str:
        return str(STATES[self.state])

    @property
    def is_open(self) -> bool:
        return self.state not in {"settled", "left_open"}


def steps(rows: QuerySet[Discrepancy], *, round: Round, reader: User, hides: bool) -> list[Step]:
    """What the list shows of these rows, in the order in which they come."""
    values = list(
        rows.order_by("round_transcript__position", "start", "position").values_list(
            "id",
            "kind",
            "answer",
            "first_code__label",
            "first_code__hue",
            "first_code__name",
            "second_code__label",
            "second_code__hue",
            "second_code__name",
        )
    )
    states = _states([row[0] for row in values], round=round, reader=reader)
    found = []
    for id, kind, answer, label, hue, name, other_label, other_hue, other_name in values:
        sides = [Tag(label, hue, name), Tag(other_label, other_hue, other_name)]
        if hides and is_turned(id):
            sides.reverse()
        tags = tuple(dict.fromkeys(each for each in sides if each.label))
        found.append(Step(id, kind, answer, tags, states[id]))
    return found


def steps_of(rows: Iterable[Discrepancy], *, round: Round, reader: User) -> list[Step]:
    """The same for a reader from whom the names are hidden."""
    listed = Discrepancy.objects.filter(id__in=[row.id for row in rows])
    return steps(listed, round=round, reader=reader, hides=True)


def _states(ids: Iterable[UUID], *, round: Round, reader: User) -> dict[UUID, str]:
    """Proposals that the reader may not see are not seen here either: the database leaves them out."""
    ids = list(ids)
    of_these = {"discrepancy__in": ids}
    settled = set(
        Resolution.objects.filter(undone_at=None, **of_these).values_list("discrepancy_id", flat=True)
    )
    escalated = set(
        Escalation.objects.filter(withdrawn_at=None, **of_these).values_list("discrepancy_id", flat=True)
    )
    proposed: dict[UUID, set[UUID]] = defaultdict(set)
    standing = Proposal.objects.filter(withdrawn_at=None, **of_these)
    for discrepancy_id, by in standing.values_list("discrepancy_id", "proposed_by_id"):
        proposed[discrepancy_id].add(by)
    is_over = round.state in {Round.State.CLOSED, Round.State.VOID}

    def state(id: UUID) -> str:
        if id in settled:
            return "settled"
        if is_over:
            return "left_open"
        if id in escalated:
            return "escalated"
        if len(proposed[id]) > 1:
            return "differ"
        if reader.id in proposed[id]:
            return "proposed"
        return "answer" if proposed[id] else "open"

    return {id: state(id) for id in ids}
