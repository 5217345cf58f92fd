"""The agreement of a released round, computed by a worker and stored once."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from apps.accounts.models import User
from apps.agreement import engine, queries
from apps.agreement.models import AgreementResult, AgreementRun, Discrepancy, Round, RoundAssignment
from apps.core import bulk
from apps.core.identity import unattended
from apps.jobs import actions as jobs
from apps.jobs.models import Run

FIELDS = (
    "id",
    "created_at",
    "agreement_run",
    "round_transcript",
    "kind",
    "position",
    "start",
    "end",
    "answer",
    "first_assignment",
    "second_assignment",
    "first_code",
    "second_code",
    "first_codings",
    "second_codings",
)


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
            bulk.insert_selected(
                Discrepancy, FIELDS, _discrepancies(stored, round, alignment.discrepancies, now)
            )
            Round.objects.filter(id=round.id, state=Round.State.RELEASED).update(state=Round.State.CONFERRING)


def _report(round: Round, tables: engine.Tables) -> engine.Report:
    """Of all coders together: what a pair has is answered from the tables."""
    asked = queries.parameters(round=round)
    figures = queries.as_planned(round, engine.figures(tables, asked))
    return engine.gather(tables, asked, figures)


def _discrepancies(
    stored: AgreementRun, round: Round, found: Sequence[engine.Discrepancy], now: datetime
) -> Iterator[tuple[str, ...]]:
    """Values for `FIELDS`: there can be fifty thousand of them, and no object is made for one."""
    members = RoundAssignment.objects.filter(round_transcript__round=round).values_list(
        "assignment__transcript_version", "assignment__coder", "round_transcript", "assignment"
    )
    places = {
        (str(version), str(coder)): (str(member), str(assignment))
        for version, coder, member, assignment in members
    }
    run, at = str(stored.id), now.isoformat()
    for position, each in enumerate(found):
        (member, first), (_, second) = (places[each.transcript, coder] for coder in each.coders)
        yield (
            str(uuid4()),
            at,
            run,
            member,
            each.kind,
            str(position),
            str(each.start),
            str(each.end),
            bulk.NOTHING if each.answer is None else str(each.answer),
            first,
            second,
            each.first_codes[0] if each.first_codes else bulk.NOTHING,
            each.second_codes[0] if each.second_codes else bulk.NOTHING,
            f"{{{','.join(each.first)}}}",
            f"{{{','.join(each.second)}}}",
        )
