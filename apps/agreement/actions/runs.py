"""The agreement of a released round, computed by a worker and stored once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.agreement import engine, queries
from apps.agreement.models import AgreementResult, AgreementRun, Discrepancy, Round, RoundAssignment
from apps.jobs import actions as jobs
from apps.jobs.models import Run

BOOTSTRAP_REPLICATES = 1000


def request_run(*, round: Round, by: User | None) -> Run:
    """Asks for the agreement of a released round; the same codings are computed once per algorithm."""
    key = f"{round.id}:{round.released_at}:{engine.ALGORITHM_VERSION}"
    return jobs.request(
        study=round.study,
        kind="agreement",
        task="agreement.compute",
        input_hash=hashlib.sha256(key.encode()).hexdigest(),
        by=by,
        arguments={"round": str(round.id)},
    )


def compute(*, run_id: UUID, now: datetime) -> None:
    """The worker's part: reads the frozen codings, computes, and stores all of it or nothing."""
    with jobs.attempt(run_id) as run:
        if run is None:
            return
        round = Round.objects.select_related("study", "codebook_version").get(id=run.arguments["round"])
        study = queries.frozen_study(round)
        jobs.progress(run, done_share=0.2)
        report = engine.compute(study, replicates=BOOTSTRAP_REPLICATES, seed=round.seed, group_by=("group",))
        jobs.progress(run, done_share=0.7)
        found = engine.find(study, tolerance=engine.Tolerance("share", round.tolerance))
        with transaction.atomic():
            jobs.finish(run)
            _store(round, run, report, found, now=now)


def _store(
    round: Round, run: Run, report: engine.Report, found: Sequence[engine.Discrepancy], *, now: datetime
) -> None:
    stored = AgreementRun.objects.create(
        round=round,
        run=run,
        algorithm=report.version,
        input_hash=report.input_hash,
        report=engine.to_plain(report),
        computed_at=now,
    )
    AgreementResult.objects.bulk_create(_results(stored, report))
    Discrepancy.objects.bulk_create(_discrepancies(stored, round, found))
    Round.objects.filter(id=round.id, state=Round.State.RELEASED).update(state=Round.State.CONFERRING)


def _results(stored: AgreementRun, report: engine.Report) -> list[AgreementResult]:
    """The overall figures at each level in the order of the codebook; the pooled one has no code."""
    everybody = set(report.coders)
    figures = [
        each
        for each in report.figures
        if each.grouping is None and set(each.coders) == everybody and each.kind != "pooled_constructs"
    ]
    return [_result(stored, position, figure) for position, figure in enumerate(figures)]


def _result(stored: AgreementRun, position: int, figure: engine.Figure) -> AgreementResult:
    counts = figure.counts or engine.PairCounts(0, 0, 0, 0)
    alpha = figure.estimate("krippendorff_alpha")
    return AgreementResult(
        agreement_run=stored,
        level=figure.level,
        code_id=UUID(figure.code) if figure.code else None,
        position=position,
        both=counts.both,
        only_first=counts.only_first,
        only_second=counts.only_second,
        neither=counts.neither,
        alpha=alpha.value,
        alpha_low=alpha.low,
        alpha_high=alpha.high,
        positive_agreement=figure.estimate("positive_agreement").value,
        kappa=figure.estimate("cohen_kappa").value,
        remark=figure.status,
    )


def _discrepancies(
    stored: AgreementRun, round: Round, found: Sequence[engine.Discrepancy]
) -> list[Discrepancy]:
    members = RoundAssignment.objects.filter(round_transcript__round=round).select_related("assignment")
    places = {
        (str(row.assignment.transcript_version_id), str(row.assignment.coder_id)): row for row in members
    }
    rows = []
    for position, each in enumerate(found):
        first, second = (places[each.transcript, coder] for coder in each.coders)
        rows.append(
            Discrepancy(
                agreement_run=stored,
                round_transcript_id=first.round_transcript_id,
                kind=each.kind,
                position=position,
                start=each.start,
                end=each.end,
                answer=each.answer,
                first_assignment_id=first.assignment_id,
                second_assignment_id=second.assignment_id,
                first_code_id=UUID(each.first_codes[0]) if each.first_codes else None,
                second_code_id=UUID(each.second_codes[0]) if each.second_codes else None,
                first_codings=[UUID(id) for id in each.first],
                second_codings=[UUID(id) for id in each.second],
            )
        )
    return rows
