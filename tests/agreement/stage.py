"""Brings a round of Ruth and Jin on the stage, in whatever state a test needs it."""

from typing import Any

from apps.accounts.models import User
from apps.agreement import actions
from apps.agreement.models import Batch, Discrepancy, Resolution, Round
from apps.coding import actions as coding
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.jobs.models import Run
from apps.studies.permissions import Role
from tests import make
from tests.conftest import as_worker

NOW = make.NOW


def open_round(cast: make.Cast, *, transcripts: int = 1, **options: Any) -> Round:
    """Ruth and Jin code one transcript, or more, blind; `options` are those of the plan."""
    plan = actions.Plan(
        coders=[cast.ruth, cast.jin],
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study, is_frozen=False),
        strata=(),
        at_least=transcripts,
        share=0,
        per_group=0,
        per_site=0,
        per_interviewer=0,
        **options,
    )
    picked = [make.transcript(cast.study) for _ in range(transcripts)]
    round = actions.plan_round(study=cast.study, plan=plan, picked=picked, by=cast.pi, now=NOW)
    actions.draw(round=round, by=cast.pi, now=NOW)
    round.refresh_from_db()
    return round


def rolling_round(cast: make.Cast) -> Round:
    """Of the two that are wanted one is drawn; the other is not ready yet."""
    make.transcript(cast.study)
    make.transcript(cast.study, is_ready=False)
    plan = actions.Plan(
        coders=[cast.ruth, cast.jin],
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study, is_frozen=False),
        strata=(),
        at_least=2,
        share=0,
    )
    round = actions.plan_round(study=cast.study, plan=plan, by=cast.pi, now=NOW)
    actions.draw(round=round, by=cast.pi, now=NOW)
    round.refresh_from_db()
    return round


def in_batches(cast: make.Cast, **options: Any) -> tuple[Batch, Batch]:
    """Two transcripts in "First week", one in "Second week"."""
    batches = (("First week", 2), ("Second week", None))
    first, second = open_round(cast, transcripts=3, batches=batches, **options).batches.all()
    return first, second


def work_of(round: Round, coder: User) -> CodingAssignment:
    return CodingAssignment.objects.get(in_round__round_transcript__round=round, coder=coder)


def work_in(batch: Batch, coder: User) -> list[CodingAssignment]:
    work = CodingAssignment.objects.filter(in_round__round_transcript__batch=batch, coder=coder)
    return list(work.filter(voided_at=None).order_by("in_round__round_transcript__position"))


def code(round: Round, coder: User, label: str, start: int, end: int, influence: str = "") -> Coding:
    return code_in(work_of(round, coder), label, start, end, influence)


def code_in(work: CodingAssignment, label: str, start: int, end: int, influence: str = "") -> Coding:
    coder = work.coder
    with acting_as(coder.id):
        coded, _ = coding.add(
            assignment=work,
            code=work.codebook_version.codes.get(label=label),
            start=start,
            end=end,
            influence=influence,
            by=coder,
            now=NOW,
        )
    return coded


def submit(round: Round, *coders: User) -> None:
    for coder in coders:
        with acting_as(coder.id):
            actions.submit(assignment=work_of(round, coder), by=coder, now=NOW)
    round.refresh_from_db()


def submit_in(batch: Batch, *coders: User) -> None:
    for coder in coders:
        for work in work_in(batch, coder):
            with acting_as(coder.id):
                actions.submit(assignment=work, by=coder, now=NOW)
    batch.refresh_from_db()
    batch.round.refresh_from_db()


def release_and_compute(batch: Batch, cast: make.Cast) -> None:
    """Both have submitted: the PI releases it at once, and a worker computes."""
    submit_in(batch, cast.ruth, cast.jin)
    with acting_as(cast.pi.id):
        actions.release_now(round=batch.round, batch=batch, by=cast.pi, now=NOW)
    compute(batch.round)
    batch.refresh_from_db()


def compute(round: Round) -> None:
    """The newest computation that was asked for."""
    run = Run.objects.filter(kind="agreement", arguments__round=str(round.id)).first()
    assert run is not None
    with as_worker():
        actions.compute(run_id=run.id, now=NOW)
    round.refresh_from_db()


def conferring(cast: make.Cast, round: Round) -> dict[str, Discrepancy]:
    """Codes, submits, releases and computes; the discrepancies by the label of their code."""
    code(round, cast.ruth, "a1", 41, 80, "helps")
    code(round, cast.jin, "a1", 41, 90, "helps")
    code(round, cast.ruth, "b1", 150, 200)
    code(round, cast.jin, "a2", 278, 305)
    code(round, cast.ruth, "b2", 307, 330, "helps")
    code(round, cast.jin, "b2", 312, 340, "hinders")
    submit(round, cast.ruth, cast.jin)
    actions.release_now(round=round, by=cast.pi, now=NOW)
    compute(round)
    return {
        (each.first_code or each.second_code).label: each
        for each in Discrepancy.objects.select_related("first_code", "second_code")
    }


def of_three(cast: make.Cast) -> Round:
    """Ruth and Jin agree on a1; Mei has put nothing there. Only Ruth has b1. Released and computed."""
    if not hasattr(cast, "mei"):
        cast.mei = make.member(cast.study, Role.CODER, name="Mei Lin")
    round = actions.open_round(
        study=cast.study,
        transcript_versions=[make.transcript(cast.study)],
        coders=[cast.ruth, cast.jin, cast.mei],
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study, is_frozen=False),
        by=cast.pi,
        now=NOW,
    )
    code(round, cast.ruth, "a1", 41, 80)
    code(round, cast.jin, "a1", 41, 90)
    code(round, cast.ruth, "b1", 150, 200)
    submit(round, cast.ruth, cast.jin, cast.mei)
    actions.release_now(round=round, by=cast.pi, now=NOW)
    compute(round)
    return round


def side_of(discrepancy: Discrepancy, coder: User) -> Resolution.Outcome:
    is_first = discrepancy.first_assignment.coder_id == coder.id
    return Resolution.Outcome.FIRST if is_first else Resolution.Outcome.SECOND


def differ_in(batch: Batch, cast: make.Cast) -> None:
    """On every transcript of the batch Ruth alone has coded a passage."""
    for work in work_in(batch, cast.ruth):
        code_in(work, "a1", 41, 80)
