"""Codings and discrepancies of a transcript as the engine weighs them."""

from collections.abc import Iterable
from typing import Required, TypedDict
from uuid import UUID

from apps.agreement.engine.consensus import Choice, Claim, Contest, Passage, same_question, standing
from apps.agreement.models import (
    AgreementRun,
    Decision,
    Discrepancy,
    Resolution,
    RoundTranscript,
    StandingPassage,
)
from apps.agreement.queries.report import latest_run
from apps.codebooks.models import Code
from apps.coding.models import Coding


class Wish(TypedDict, total=False):
    """What somebody wants to stand, and why; the fields are those of a decision."""

    outcome: Required[Decision.Outcome]
    extent: str
    code: Code | None
    start: int | None
    end: int | None
    influence: str
    cause: str
    reason: str


def wish_of(decision: Decision) -> Wish:
    """A stored decision as a wish once more."""
    return Wish(
        outcome=Decision.Outcome(decision.outcome),
        extent=decision.extent,
        code=decision.code,
        start=decision.start,
        end=decision.end,
        influence=decision.influence,
        cause=decision.cause,
        reason=decision.reason,
    )


def sides(discrepancy: Discrepancy) -> tuple[list[Passage], list[Passage]]:
    """What each coder has coded there. The database must know who asks."""
    ids = [*discrepancy.first_codings, *discrepancy.second_codings]
    rows = Coding.objects.filter(id__in=ids).values_list("id", "code_id", "start", "end", "influence")
    found = {id: Passage(str(code), start, end, influence) for id, code, start, end, influence in rows}
    first, second = discrepancy.first_codings, discrepancy.second_codings
    return [found[id] for id in first], [found[id] for id in second]


def what_would_stand(
    discrepancy: Discrepancy, wish: Wish, between: tuple[list[Passage], list[Passage]] | None = None
) -> tuple[Passage, ...]:
    """The passages that a wish leaves standing."""
    first, second = between or sides(discrepancy)
    code = wish.get("code")
    choice = Choice(
        outcome=wish["outcome"].value,  # type: ignore[arg-type]
        extent=wish.get("extent", ""),  # type: ignore[arg-type]
        code=str(code.id) if code else "",
        start=wish.get("start") or 0,
        end=wish.get("end") or 0,
        influence=wish.get("influence", ""),
    )
    is_about_influence = discrepancy.kind == Discrepancy.Kind.INFLUENCE
    return standing(choice, first, second, is_about_influence=is_about_influence)


def claims(member: RoundTranscript) -> list[Claim]:
    """Every coding that stands on a transcript of a round."""
    rows = Coding.objects.standing().filter(
        assignment__in_round__round_transcript=member, assignment__voided_at=None
    )
    values = rows.order_by().values_list("id", "assignment__coder_id", "code_id", "start", "end", "influence")
    return [
        Claim(str(id), str(coder), Passage(str(code), start, end, influence))
        for id, coder, code, start, end, influence in values
    ]


def contests(member: RoundTranscript, run: AgreementRun | None) -> list[Contest]:
    """Every discrepancy of a transcript, with what was decided on it."""
    rows = Discrepancy.objects.filter(agreement_run=run, round_transcript=member)
    rows = rows.select_related("first_assignment", "second_assignment").order_by("position")
    decided = _decided(rows)
    return [
        Contest(
            id=str(row.id),
            coders=(str(row.first_assignment.coder_id), str(row.second_assignment.coder_id)),
            first=tuple(map(str, row.first_codings)),
            second=tuple(map(str, row.second_codings)),
            is_about_influence=row.kind == Discrepancy.Kind.INFLUENCE,
            decided=decided.get(row.id),
        )
        for row in rows
    ]


def asking_the_same(discrepancy: Discrepancy) -> list[tuple[UUID, bool]]:
    """Discrepancies of other pairs that ask the same question, and whether their sides are swapped."""
    member = discrepancy.round_transcript
    if member.assignments.filter(assignment__voided_at=None).count() < 3:
        return []
    # Not the run that it was read with: that of a later batch may have taken all of them over meanwhile.
    asked = contests(member, latest_run(round=member.round))
    found = same_question(claims(member), asked).get(str(discrepancy.id), [])
    return [(UUID(id), is_swapped) for id, is_swapped in found]


def _decided(rows: Iterable[Discrepancy]) -> dict[UUID, tuple[Passage, ...]]:
    found: dict[UUID, list[Passage]] = {}
    standing_ones = Resolution.objects.filter(discrepancy__in=rows, undone_at=None)
    for discrepancy_id in standing_ones.values_list("discrepancy_id", flat=True):
        found[discrepancy_id] = []
    passages = StandingPassage.objects.filter(resolution__in=standing_ones).order_by()
    for discrepancy_id, code, start, end, influence in passages.values_list(
        "resolution__discrepancy_id", "code_id", "start", "end", "influence"
    ):
        found[discrepancy_id].append(Passage(str(code), start, end, influence))
    return {id: tuple(each) for id, each in found.items()}
