"""What conferring has left to those who decide, over all rounds of a study."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual

from apps.accounts.models import User
from apps.agreement.models import AgreementRun, Discrepancy, Escalation, Proposal, Round
from apps.agreement.queries.deciding import barred_from, barred_to_adjudicator
from apps.agreement.queries.differences import still_open
from apps.agreement.queries.walk import Step, steps
from apps.coding.models import CodingAssignment
from apps.studies.models import Study

MOST = 100
# In these states decisions are made.
DECIDED = (Round.State.CONFERRING, Round.State.ADJUDICATING)


@dataclass(frozen=True)
class Waiting:
    """A discrepancy that waits for a decision; its place gives away nothing about the coders."""

    step: Step
    transcript: str


@dataclass(frozen=True)
class RoundQueue:
    """What waits in one round; at most the first hundred are listed.

    `in_place_of` is the adjudicator whom a tie keeps from these, where the reader decides instead.
    """

    round: Round
    waiting: list[Waiting]
    total: int
    in_place_of: str = ""


def left_open(*, round: Round, reader: User) -> QuerySet[Discrepancy]:
    """Escalated ones and those with unequal proposals; all that are open once conferring is over.

    Not those of a transcript that the reader has coded or is barred from by a tie: they do not settle these.
    """
    return _free_for(reader, _left(_open_of(AgreementRun.objects.filter(round=round), reader)))


def left_by_round(*, study: Study, reader: User) -> dict[UUID, int]:
    """How many of them wait in each round that the reader adjudicates."""
    runs = AgreementRun.objects.filter(
        round__study=study, round__adjudicator=reader, round__state__in=DECIDED
    )
    return _by_round(_free_for(reader, _left(_open_of(runs, reader))))


def in_place_by_round(*, study: Study, reader: User) -> dict[UUID, int]:
    """How many the reader can decide in each round whose adjudicator may not, of those that wait there."""
    return _by_round(
        _free_for(reader, _barred_in(study, reader)).exclude(agreement_run__round__adjudicator=reader)
    )


def barred_by_round(*, study: Study, reader: User) -> dict[UUID, int]:
    """How many wait in each round that its adjudicator may not decide, whoever can."""
    return _by_round(_barred_in(study, reader))


def barred_in_round(*, round: Round, reader: User) -> dict[UUID, int]:
    """The same of one round, for each of its transcripts."""
    rows = _left(_open_of(AgreementRun.objects.filter(round=round, round__state__in=DECIDED), reader))
    barred = rows.filter(barred_to_adjudicator()).order_by()
    return dict(barred.values_list("round_transcript").annotate(Count("id")))


def conferred_by_round(*, study: Study, reader: User) -> dict[UUID, int]:
    """How many are open between the reader and another coder, in each round on which coders confer.

    Not those that one of the two has left to the adjudicator.
    """
    runs = AgreementRun.objects.filter(round__study=study, round__state=Round.State.CONFERRING)
    is_of_reader = Q(first_assignment__coder=reader) | Q(second_assignment__coder=reader)
    return _by_round(_open_of(runs, reader).filter(is_of_reader).exclude(Exists(_escalations())))


def _open_of(runs: QuerySet[AgreementRun], reader: User) -> QuerySet[Discrepancy]:
    """What is open in the newest computation of each round, so far as the reader sees it."""
    newest = runs.order_by("round_id", "-computed_at").distinct("round_id").values("id")
    seen = CodingAssignment.objects.open_to(reader).values("id")
    return still_open(Discrepancy.objects.filter(agreement_run__in=newest, first_assignment__in=seen))


def _barred_in(study: Study, reader: User) -> QuerySet[Discrepancy]:
    runs = AgreementRun.objects.filter(round__study=study, round__state__in=DECIDED)
    return _left(_open_of(runs, reader)).filter(barred_to_adjudicator())


def _free_for(reader: User, rows: QuerySet[Discrepancy]) -> QuerySet[Discrepancy]:
    """Without those of a transcript that the reader has coded or is barred from by a tie."""
    own = CodingAssignment.objects.filter(
        coder=reader, in_round__round_transcript=OuterRef("round_transcript")
    )
    return rows.exclude(Exists(own)).exclude(round_transcript__in=barred_from(reader).values("id"))


def _left(rows: QuerySet[Discrepancy]) -> QuerySet[Discrepancy]:
    proposed = Proposal.objects.filter(
        discrepancy=OuterRef("id"), withdrawn_at=None, opened_at__isnull=False
    ).order_by()
    number = Coalesce(Subquery(proposed.values("discrepancy").annotate(n=Count("id")).values("n")), 0)
    return rows.filter(
        Q(agreement_run__round__state=Round.State.ADJUDICATING)
        | Q(Exists(_escalations()))
        | Q(GreaterThanOrEqual(number, 2))
    )


def _escalations() -> QuerySet[Escalation]:
    return Escalation.objects.filter(discrepancy=OuterRef("id"), withdrawn_at=None)


def _by_round(rows: QuerySet[Discrepancy]) -> dict[UUID, int]:
    return dict(rows.order_by().values_list("agreement_run__round").annotate(Count("id")))


def queue(*, study: Study, reader: User, is_for_all: bool = False) -> list[RoundQueue]:
    """The rounds in which something waits for the reader, or for anybody who may decide."""
    rounds = study.rounds.filter(state__in=DECIDED)
    found = []
    for round in rounds.select_related("study", "adjudicator").order_by("number"):
        rows = left_open(round=round, reader=reader)
        stands_in = not is_for_all and round.adjudicator_id != reader.id
        if stands_in:
            rows = rows.filter(barred_to_adjudicator())
        total = rows.count()
        if total:
            name = round.adjudicator.name if stands_in else ""
            found.append(RoundQueue(round, _waiting(rows, round, reader), total, name))
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
