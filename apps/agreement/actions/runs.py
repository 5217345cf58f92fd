"""The agreement of a released round, computed by a worker and stored once."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.agreement import engine, queries
from apps.agreement.models import AgreementResult, AgreementRun, Discrepancy, Round, RoundAssignment
from apps.core import bulk
from apps.core.identity import unattended
from apps.jobs import actions as jobs
from apps.jobs.models import Run

FIELDS = (
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
    """Asks for the agreement of what is released; the same codings are computed once per algorithm."""
    batches = [str(id) for id in queries.released_batches(round=round)]
    key = f"{round.id}:{round.released_at or ' '.join(batches)}:{engine.ALGORITHM_VERSION}"
    return jobs.request(
        study=round.study,
        kind="agreement",
        task="agreement.compute",
        input_hash=hashlib.sha256(key.encode()).hexdigest(),
        by=by,
        arguments={"round": str(round.id), "batches": batches},
    )


def compute(*, run_id: UUID, now: datetime) -> None:
    """The worker's part: reads the frozen codings, computes, and stores all of it or nothing."""
    with unattended("agreement.compute"), engine.collector_paused(), jobs.attempt(run_id) as run:
        if run is None:
            return
        round = Round.objects.select_related("study", "codebook_version").get(id=run.arguments["round"])
        # One that was asked for before there were batches counts all that is released.
        asked = run.arguments.get("batches")
        batches = [UUID(id) for id in asked or ()] or queries.released_batches(round=round)
        study = queries.frozen_study(round, batches)
        jobs.progress(run, done_share=0.1)
        tables = queries.tables_by_speakers(study=study, round=round)
        jobs.progress(run, done_share=0.25)
        alignment = engine.align(study, tolerance=queries.tolerance(round=round))
        tables = _with_alignment(tables, alignment)
        jobs.progress(run, done_share=0.5)
        report = _report(round, tables["tables"])
        scopes = queries.scopes(round=round, tables=tables["tables"], everybody=report.figures)
        influences = queries.influences(round=round, tables=tables["tables"])
        jobs.progress(run, done_share=0.7)
        with transaction.atomic():
            jobs.finish(run)
            found = Computed(report, tables, scopes, influences, alignment.discrepancies)
            _store(found, run, batches, now=now)


@dataclass(frozen=True)
class Computed:
    """All that a worker has found, before it is stored."""

    report: engine.Report
    tables: Mapping[str, engine.Tables]
    scopes: list[dict[str, Any]]
    influences: tuple[engine.InfluenceAgreement, ...]
    discrepancies: Sequence[engine.Discrepancy]


def _store(found: Computed, run: Run, batches: list[UUID], *, now: datetime) -> None:
    """Beside the earlier ones; one that was overtaken by a computation over more batches is not kept."""
    round = Round.objects.select_for_update().get(id=run.arguments["round"])
    before = queries.latest_run(round=round)
    if before is not None and set(batches) < set(before.batches):
        return
    stored = _stored(found, run, round, batches, after=before, now=now)
    new = set(batches) - set(before.batches if before else ())
    if before is not None:
        _take_over(before, stored)
    rows = _discrepancies(stored, round, found.discrepancies, new, now)
    bulk.insert_selected(Discrepancy, FIELDS, rows)
    _move_on(round, stored, new)


def _stored(
    found: Computed,
    run: Run,
    round: Round,
    batches: list[UUID],
    *,
    after: AgreementRun | None,
    now: datetime,
) -> AgreementRun:
    """Later than the one before; where nothing was added that counts, the same row stands for both."""
    computed_at = max(now, after.computed_at + timedelta(microseconds=1)) if after else now
    same = AgreementRun.objects.filter(round=round, input_hash=found.report.input_hash)
    if same.update(batches=batches, computed_at=computed_at):
        return same.get()
    stored = AgreementRun.objects.create(
        round=round,
        batches=batches,
        run=run,
        algorithm=found.report.version,
        input_hash=found.report.input_hash,
        report=engine.to_plain(replace(found.report, figures=())),
        **{name: engine.pack(counted) for name, counted in found.tables.items()},
        scopes=found.scopes,
        influences=engine.to_plain(found.influences),
        discrepancy_count=len(found.discrepancies),
        computed_at=computed_at,
    )
    AgreementResult.objects.bulk_create(queries.results(stored, found.report.figures))
    return stored


def _take_over(before: AgreementRun, stored: AgreementRun) -> None:
    """What earlier batches differ in stays the same row, with all that was said and decided on it."""
    kept = Discrepancy.objects.filter(
        agreement_run=before, round_transcript__in=stored.round.transcripts.counted()
    )
    kept.update(agreement_run=stored)


def _move_on(round: Round, stored: AgreementRun, new: set[UUID]) -> None:
    """To conferring; also back from the adjudicator, if there is something new to confer about."""
    found = Discrepancy.objects.filter(agreement_run=stored, round_transcript__batch__in=new)
    is_over = round.state == Round.State.ADJUDICATING and found.exists()
    if is_over or round.state == Round.State.RELEASED:
        Round.objects.filter(id=round.id).update(state=Round.State.CONFERRING)


def _with_alignment(
    tables: Mapping[str, engine.Tables], alignment: engine.Alignment
) -> dict[str, engine.Tables]:
    """Counted once: whose speech is counted changes neither what is matched nor what differs."""
    some = next(iter(tables.values()))
    some = engine.with_differences(engine.with_matches(some, alignment), alignment.discrepancies)
    return {
        name: replace(counted, matched=some.matched, differing=some.differing)
        for name, counted in tables.items()
    }


def _report(round: Round, tables: engine.Tables) -> engine.Report:
    """Of all coders together: what a pair has is answered from the tables."""
    asked = queries.parameters(round=round)
    figures = queries.as_planned(round, engine.figures(tables, asked))
    return engine.gather(tables, asked, figures)


def _discrepancies(
    stored: AgreementRun,
    round: Round,
    found: Sequence[engine.Discrepancy],
    batches: set[UUID],
    now: datetime,
) -> Iterator[tuple[str, ...]]:
    """Values for `FIELDS`: there can be fifty thousand of them, and no object is made for one."""
    members = RoundAssignment.objects.filter(
        round_transcript__round=round, round_transcript__batch__in=batches
    ).values_list("assignment__transcript_version", "assignment__coder", "round_transcript", "assignment")
    places = {
        (str(version), str(coder)): (str(member), str(assignment))
        for version, coder, member, assignment in members
    }
    run, at = str(stored.id), now.isoformat()
    for position, each in enumerate(found):
        if (each.transcript, each.coders[0]) not in places:
            continue
        (member, first), (_, second) = (places[each.transcript, coder] for coder in each.coders)
        yield (
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
