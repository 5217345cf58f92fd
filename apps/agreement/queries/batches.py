"""Where the batches of a round stand, and into which of them the next transcripts fall."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from apps.agreement.models import AgreementRun, Batch, Round, RoundAssignment
from apps.coding.models import CodingAssignment

STATES = {
    "planned": _("Not drawn yet"),
    "empty": _("Nothing in it"),
    "coding": _("Coding, blind"),
    "held": _("Held before release"),
    "released": _("Released"),
}


@dataclass(frozen=True)
class BatchLine:
    """One batch with its number of transcripts; `is_filled` where no more are drawn for it."""

    batch: Batch
    transcripts: int
    is_filled: bool
    is_submitted: bool

    @property
    def is_empty(self) -> bool:
        """It holds nothing, and nothing will come."""
        return self.is_filled and not self.transcripts

    @property
    def state(self) -> str:
        """For a reader: how far the whole batch is."""
        if self.batch.released_at is not None:
            return "released"
        if self.is_empty or not self.transcripts:
            return "empty" if self.is_empty else "planned"
        return "coding" if self.batch.held_since is None else "held"

    @property
    def state_name(self) -> str:
        return str(STATES[self.state])

    @property
    def is_complete(self) -> bool:
        """All is drawn, and all that was given out is submitted: it can be released."""
        return self.is_filled and self.is_submitted and self.transcripts > 0


def batches(*, round: Round) -> list[BatchLine]:
    """All batches of the round in their order; one without a name where it is released as a whole."""
    unsubmitted = RoundAssignment.objects.filter(
        round_transcript__batch=OuterRef("id"), assignment__voided_at=None
    ).exclude(assignment__state=CodingAssignment.State.SUBMITTED)
    rows = round.batches.annotate(
        transcript_count=Count("transcripts", filter=Q(transcripts__withdrawn_at=None)),
        has_unsubmitted=Exists(unsubmitted),
    )
    return [_line(row, round) for row in rows.order_by("position")]


def _line(row: Any, round: Round) -> BatchLine:
    is_full = row.size is not None and row.transcript_count >= row.size
    return BatchLine(
        batch=row,
        transcripts=row.transcript_count,
        is_filled=is_full or round.drawn_at is not None,
        is_submitted=not row.has_unsubmitted,
    )


def next_batches(*, round: Round, number: int) -> list[Batch]:
    """The batches of the next so many transcripts: each is filled in its turn, the last takes the rest."""
    blind = [line for line in batches(round=round) if line.batch.released_at is None]
    free = [
        line.batch
        for line in blind
        if line.batch.size is not None
        for _ in range(line.batch.size - line.transcripts)
    ]
    rest = [blind[-1].batch] * number if blind else []
    return [*free, *rest][:number]


def to_come(*, run: AgreementRun) -> list[str]:
    """The names of batches that are in no figure of a computation, because they are still blind."""
    lines = batches(round=run.round) if run.round.is_being_coded else []
    return [line.batch.name for line in lines if line.batch.id not in run.batches and not line.is_empty]


def is_of_all_released(run: AgreementRun) -> bool:
    """The computation counts every batch that is released; else another is under way."""
    return set(released_batches(round=run.round)) <= set(run.batches)


def released_batches(*, round: Round) -> list[UUID]:
    return list(round.batches.released().order_by("position").values_list("id", flat=True))
