"""Rounds whose draw goes on as transcripts become ready."""

from copy import copy
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from apps.agreement.models import Round, RoundAssignment
from apps.agreement.queries.batches import BatchLine
from apps.agreement.queries.plans import Frame, Known, preview
from apps.audit.models import AuditEvent
from apps.coding.models import CodingAssignment
from apps.studies.models import Study


@dataclass(frozen=True)
class Rolling:
    """A round that is not drawn to the end: how many it can take now, and whether anybody still codes."""

    round: Round
    drawable: int
    is_submitted: bool

    @property
    def waits(self) -> bool:
        """Nothing is being coded and nothing can be drawn: the round stands still until somebody acts."""
        return self.is_submitted and not self.drawable


def rolling(*, study: Study) -> list[Rolling]:
    """All that are drawn in part; the number of queries is the same for one and for many."""
    unsubmitted = RoundAssignment.objects.filter(
        round_transcript__round=OuterRef("id"), assignment__voided_at=None
    ).exclude(assignment__state=CodingAssignment.State.SUBMITTED)
    begun = study.rounds.filter(opened_at__isnull=False, drawn_at=None)
    rounds = list(begun.annotate(has_unsubmitted=Exists(unsubmitted)).order_by("-number"))
    rounds = [round for round in rounds if round.is_being_coded]
    if not rounds:
        return []
    known = Known(study, rounds)
    return [Rolling(each, Frame(each, known).drawable, not each.has_unsubmitted) for each in rounds]


def waits_for_draw(round: Round, lines: list[BatchLine]) -> bool:
    """All that was given out is submitted, and yet it is not released: more is to be drawn."""
    return round.is_being_coded and round.drawn_at is None and all(line.is_submitted for line in lines)


def was_ended_early(*, round: Round) -> bool:
    """Its draw was ended though more is wanted, and it is not released: the draw can be taken up again."""
    if not round.is_being_coded or not was_ended_by_hand(round=round):
        return False
    before = copy(round)
    before.drawn_at = None
    next_ones = preview(round=before)
    return bool(next_ones.taken) or not next_ones.is_complete


def was_ended_by_hand(*, round: Round) -> bool:
    """Somebody said that no more is drawn, and has not taken that back."""
    if round.drawn_at is None:
        return False
    draws = ("opened", "drawn", "draw ended", "draw taken up")
    events = AuditEvent.objects.filter(noun="round", object_id=round.id, verb__in=draws)
    newest = events.order_by("-occurred_at", "-created_at").values_list("verb", flat=True)
    return newest.first() == "draw ended"
