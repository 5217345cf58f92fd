"""The agreement of a released round, computed by a worker and stored once."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.agreement import engine, queries
from apps.agreement.models import AgreementResult, AgreementRun, Discrepancy, Round, RoundAssignment
from apps.core.identity import unattended
from apps.jobs import actions as jobs
from apps.jobs.models import Run


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
    with unattended("agreement.compute"), jobs.attempt(run_id) as run:
        if run is None:
            return
        round = Round.objects.select_related("study", "codebook_version").get(id=run.arguments["round"])
        study = queries.frozen_study(round)
        jobs.progress(run, done_share=0.1)
        tables = queries.tables_by_speakers(study=study, round=round)
        jobs.progress(run, done_share=0.25)
        report = _report(round, tables["tables"])
        scopes = queries.scopes(round=round, tables=tables["tables"], everybody=report.figures)
        jobs.progress(run, done_share=0.5)
        alignment = engine.align(study, tolerance=queries.tolerance(round=round))
        tables = {name: engine.with_matches(counted, alignment) for name, counted in tables.items()}
        influences = queries.influences(round=round, tables=tables["tables"])
        jobs.progress(run, done_share=0.7)
        with transaction.atomic():
            jobs.finish(run)
            stored = AgreementRun.objects.create(
                round=round,
                run=run,
                algorithm=report.version,
                input_hash=report.input_hash,
                report=engine.to_plain(replace(report, figures=())),
                **{name: engine.pack(counted) for name, counted in tables.items()},
                scopes=scopes,
                influences=engine.to_plain(influences),
                computed_at=now,
            )
            AgreementResult.objects.bulk_create(queries.results(stored, report.figures))
            Discrepancy.objects.bulk_create(_discrepancies(stored, round, alignment.discrepancies))
            Round.objects.filter(id=round.id, state=Round.State.RELEASED).update(state=Round.State.CONFERRING)


def _report(round: Round, tables: engine.Tables) -> engine.Report:
    """Of all coders together: what a pair has is answered from the tables."""
    asked = queries.parameters(round=round)
    figures = queries.as_planned(round, engine.figures(tables, asked))
    return engine.gather(tables, asked, figures)


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
