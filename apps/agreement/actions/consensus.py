"""What stands after a round: undisputed codings, and those that a decision upheld."""

from uuid import UUID

from apps.agreement.models import AgreementRun, Discrepancy, Resolution, RoundTranscript
from apps.coding.models import Coding

Passage = tuple[UUID, int, int, str]
"""Code, start, end, influence."""


def agreed_passages(member: RoundTranscript, run: AgreementRun) -> list[Passage]:
    """The consensus of one transcript; an open discrepancy contributes nothing."""
    codings = {
        each.id: each
        for each in Coding.objects.standing().filter(assignment__in_round__round_transcript=member)
    }
    differing = list(Discrepancy.objects.filter(agreement_run=run, round_transcript=member))
    disputed = {id for each in differing for id in (*each.first_codings, *each.second_codings)}
    passages = [_passage(each) for each in codings.values() if each.id not in disputed]
    decisions = Resolution.objects.filter(discrepancy__in=differing, undone_at=None)
    for decision in decisions.select_related("discrepancy"):
        passages += _upheld(decision, codings)
    return _joined(passages)


def _upheld(decision: Resolution, codings: dict[UUID, Coding]) -> list[Passage]:
    discrepancy, outcome = decision.discrepancy, decision.outcome
    chosen = {
        Resolution.Outcome.FIRST: discrepancy.first_codings,
        Resolution.Outcome.SECOND: discrepancy.second_codings,
        Resolution.Outcome.BOTH: discrepancy.first_codings + discrepancy.second_codings,
    }.get(Resolution.Outcome(outcome), [])
    passages = [_passage(codings[id]) for id in chosen]
    if discrepancy.kind == Discrepancy.Kind.INFLUENCE and outcome != Resolution.Outcome.BOTH:
        # The pair agrees on the passage, so its union stands, with the influence that was chosen.
        return [(code, discrepancy.start, discrepancy.end, influence) for code, _, _, influence in passages]
    return passages


def _passage(coding: Coding) -> Passage:
    return coding.code_id, coding.start, coding.end, coding.influence


def _joined(passages: list[Passage]) -> list[Passage]:
    """Unites overlapping or touching passages of one code and influence: the consensus span is the union."""
    joined: list[Passage] = []
    for code, start, end, influence in sorted(passages, key=lambda each: (str(each[0]), each[3], each[1])):
        if joined and joined[-1][0] == code and joined[-1][3] == influence and start <= joined[-1][2]:
            joined[-1] = (code, joined[-1][1], max(end, joined[-1][2]), influence)
        else:
            joined.append((code, start, end, influence))
    return joined
