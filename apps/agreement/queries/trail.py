"""A round as its audit trail: all that a reader may know of it, for the page, the file and the API."""

from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from django.db.models import Count

from apps.accounts.models import User
from apps.agreement.engine import Level
from apps.agreement.models import AgreementResult, AgreementRun, Round
from apps.agreement.queries.choosing import may_see_sites
from apps.agreement.queries.codebook_changes import AskedChange, codebook_changes
from apps.agreement.queries.computing import SPEAKERS
from apps.agreement.queries.consensus import consensus
from apps.agreement.queries.decided import Settling, settling
from apps.agreement.queries.differences import tallies
from apps.agreement.queries.happenings import Happening, happenings
from apps.agreement.queries.report import is_blind_again, latest_run
from apps.agreement.queries.sentences import methods_of_run
from apps.studies.models import Membership
from apps.studies.permissions import Permission


@dataclass(frozen=True)
class RunLine:
    """One computation, with its pooled figure at the first level of the plan."""

    run: AgreementRun
    level: str
    discrepancies: int
    pooled: AgreementResult | None


@dataclass(frozen=True)
class ConsensusLine:
    """What closing has written for one transcript, and what it left open there."""

    round_transcript_id: UUID
    transcript: str
    codings: int
    left_open: int
    is_counted: bool


@dataclass(frozen=True)
class Trail:
    """What the round page says below the plan; empty where the reader may not know it, or not yet."""

    happenings: list[Happening]
    runs: list[RunLine]
    settling: Settling | None
    consensus: list[ConsensusLine]
    methods: str
    changes: list[AskedChange] = field(default_factory=list)


def trail(*, round: Round, membership: Membership, is_to_leave: bool = False) -> Trail:
    """Before the release nothing of blind work is in it, nor for somebody who codes a text of it anew.

    What is to leave names no ties, for they can name a site.
    """
    user = membership.user
    run = latest_run(round=round)
    with_ties = not is_to_leave and may_see_sites(membership=membership)
    happened = happenings(round=round, with_ties=with_ties)
    if run is None or is_blind_again(round=round, user=user):
        return Trail(happened, [], None, [], "")
    run.round = round
    may_see_figures = membership.may(Permission.AGREEMENT_VIEW)
    may_read = membership.may(Permission.DISCREPANCIES_VIEW)
    numbers = settling(run=run)
    return Trail(
        happenings=happened,
        runs=_runs(round) if may_see_figures else [],
        settling=numbers if may_read else None,
        consensus=_consensus(round, user) if may_read else [],
        methods=_methods(run, numbers) if may_see_figures else "",
        changes=codebook_changes(study=round.study, reader=user, round=round) if may_read else [],
    )


def _runs(round: Round) -> list[RunLine]:
    heavy = ("report", "scopes", "influences", *SPEAKERS)
    level = round.levels[0]
    pooled = AgreementResult.objects.filter(agreement_run__round=round, code=None, level=level)
    of_run = {each.agreement_run_id: each for each in pooled.defer("figure")}
    return [
        RunLine(
            run,
            str(Round.Level(level).label),
            # Those of earlier batches have gone over to the newest computation, but were found by each.
            run.discrepancy_count,
            of_run.get(run.id),
        )
        for run in round.agreement_runs.defer(*heavy).order_by("computed_at")
    ]


def _methods(run: AgreementRun, numbers: Settling) -> str:
    if run.round.state == Round.State.VOID:
        return ""
    said = methods_of_run(run=run, level=cast(Level, run.round.levels[0]))
    return f"{said} {numbers.sentence}".strip()


def _consensus(round: Round, user: User) -> list[ConsensusLine]:
    if round.closed_at is None:
        return []
    written = dict(
        consensus(round=round, user=user)
        .order_by()
        .values_list("assignment__transcript_version")
        .annotate(number=Count("id"))
    )
    return [
        ConsensusLine(
            each.round_transcript.id,
            str(each.round_transcript.transcript_version.transcript),
            written.get(each.round_transcript.transcript_version_id, 0),
            each.total - each.settled,
            each.round_transcript.is_counted,
        )
        for each in tallies(round=round)
    ]
