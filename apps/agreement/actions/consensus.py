"""What stands after a round: undisputed codings, and those that the decisions upheld."""

from uuid import UUID

from apps.agreement import queries
from apps.agreement.engine.consensus import consensus
from apps.agreement.models import AgreementRun, RoundTranscript
from apps.core.refusal import Refusal, gettext_noop

Passage = tuple[UUID, int, int, str]
"""Code, start, end, influence."""


class Contradictory(Refusal):
    template = gettext_noop(
        "Decisions of different pairs contradict one another in %(transcript)s; undo one of them first."
    )


def agreed_passages(member: RoundTranscript, run: AgreementRun) -> list[Passage]:
    """The consensus of one transcript; an open discrepancy contributes nothing."""
    found = consensus(queries.claims(member), queries.contests(member, run))
    if found.contradictory:
        raise Contradictory(transcript=str(member.transcript_version.transcript))
    return [(UUID(each.code), each.start, each.end, each.influence) for each in found.passages]
