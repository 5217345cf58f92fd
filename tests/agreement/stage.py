"""Brings a round of Ruth and Jin on the stage, in whatever state a test needs it."""

from apps.accounts.models import User
from apps.agreement import actions
from apps.agreement.models import Discrepancy, Resolution, Round
from apps.coding import actions as coding
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.jobs.models import Run
from tests import make
from tests.conftest import as_worker

NOW = make.NOW


def open_round(cast: make.Cast, **options: bool) -> Round:
    """Ruth and Jin code one transcript, blind; `options` are those of the plan."""
    plan = actions.Plan(
        coders=[cast.ruth, cast.jin],
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study, is_frozen=False),
        strata=(),
        at_least=1,
        share=0,
        per_group=0,
        per_site=0,
        per_interviewer=0,
        **options,
    )
    picked = [make.transcript(cast.study)]
    round = actions.plan_round(study=cast.study, plan=plan, picked=picked, by=cast.pi, now=NOW)
    actions.draw(round=round, by=cast.pi, now=NOW)
    round.refresh_from_db()
    return round


def work_of(round: Round, coder: User) -> CodingAssignment:
    return CodingAssignment.objects.get(in_round__round_transcript__round=round, coder=coder)


def code(round: Round, coder: User, label: str, start: int, end: int, influence: str = "") -> Coding:
    work = work_of(round, coder)
    with acting_as(coder.id):
        coded, _ = coding.add(
            assignment=work,
            code=round.codebook_version.codes.get(label=label),
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


def compute(round: Round) -> None:
    run = Run.objects.get(kind="agreement", arguments__round=str(round.id))
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


def side_of(discrepancy: Discrepancy, coder: User) -> Resolution.Outcome:
    is_first = discrepancy.first_assignment.coder_id == coder.id
    return Resolution.Outcome.FIRST if is_first else Resolution.Outcome.SECOND
