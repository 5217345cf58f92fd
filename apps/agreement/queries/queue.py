"""What conferring has left to those who decide, over all rounds of a study."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.agreement.models import AgreementRun, Discrepancy, Escalation, Proposal, Round
from apps.agreement.queries.differences import still_open
from apps.agreement.queries.walk import Step, steps
from apps.coding.models import CodingAssignment
from apps.studies.models import Study

MOST = 100


@dataclass(frozen=True)
class Waiting:
    """A discrepancy that waits for a decision; its place gives away nothing about the coders."""

    step: Step
    transcript: str


@dataclass(frozen=True)
class RoundQueue:
    """What waits in one round; at most the first hundred are listed."""

    round: Round
    waiting: list[Waiting]
    total: int


def left_open(*, round: Round, reader: User) -> QuerySet[Discrepancy]:
    """Escalated ones and those with unequal proposals; all that are open once conferring is over.

    Not those of a transcript that the reader has coded, for nobody settles these alone.
    """
    run = AgreementRun.objects.filter(round=round).order_by("-computed_at").values("id")[:1]
    own = CodingAssignment.objects.filter(
        coder=reader, in_round__round_transcript=OuterRef("round_transcript")
    )
    rows = still_open(
        Discrepancy.objects.filter(
            agreement_run=Subquery(run),
            first_assignment__in=CodingAssignment.objects.open_to(reader).values("id"),
        ).exclude(Exists(own))
    )
    if round.state == Round.State.ADJUDICATING:
        return rows
    escalated = Escalation.objects.filter(discrepancy=OuterRef("id"), withdrawn_at=None)
    proposed = Proposal.objects.filter(
        discrepancy=OuterRef("id"), withdrawn_at=None, opened_at__isnull=False
    ).order_by()
    number = Coalesce(Subquery(proposed.values("discrepancy").annotate(n=Count("id")).values("n")), 0)
    return rows.annotate(proposals_open=number).filter(Q(Exists(escalated)) | Q(proposals_open__gte=2))


def queue(*, study: Study, reader: User, is_for_all: bool = False) -> list[RoundQueue]:
    """The rounds in which something waits: those that the reader adjudicates, or all of the study."""
    rounds = study.rounds.filter(state__in=[Round.State.CONFERRING, Round.State.ADJUDICATING])
    if not is_for_all:
        rounds = rounds.filter(adjudicator=reader)
    found = []
    for round in rounds.select_related("study", "adjudicator").order_by("number"):
        rows = left_open(round=round, reader=reader)
        total = rows.count()
        if total:
            found.append(RoundQueue(round, _waiting(rows, round, reader), total))
    return found


def _waiting(rows: QuerySet[Discrepancy], round: Round, reader: User) -> list[Waiting]:
    first = list(
        rows.order_by("round_transcript__position", "start", "end", "id").values_list("id", flat=True)[:MOST]
    )
    listed = Discrepancy.objects.filter(id__in=first)
    names = dict(
        listed.values_list(
            "id", "round_transcript__transcript_version__transcript__interview__participant__pseudonym"
        )
    )
    by_id: dict[str, Step] = {
        step.id: step for step in steps(listed, round=round, reader=reader, hides=round.has_unnamed_sides)
    }
    return [Waiting(by_id[str(id)], names[id]) for id in first]
