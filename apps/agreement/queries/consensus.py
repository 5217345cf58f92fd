"""What a closed round has agreed on."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.agreement.models import Round
from apps.agreement.queries.differences import tallies
from apps.coding.models import Coding, CodingAssignment
from apps.transcripts.models import TranscriptVersion


@dataclass(frozen=True)
class Agreed:
    """A coding of the consensus, with its words."""

    coding: Coding
    words: str


@dataclass(frozen=True)
class TranscriptConsensus:
    """What was agreed on one transcript, in reading order, and how much was left open on it."""

    version: TranscriptVersion
    agreed: list[Agreed]
    round_transcript_id: UUID
    left_open: int


def consensus(*, round: Round, user: User) -> QuerySet[Coding]:
    """The codings that closing the round has written; none before that."""
    written = CodingAssignment.objects.filter(
        kind=CodingAssignment.Kind.CONSENSUS,
        transcript_version__in=round.transcripts.values("transcript_version"),
        # A transcript may have been in more rounds than this one.
        submitted_at=round.closed_at,
    )
    seen = Coding.objects.visible_to(user).standing().filter(assignment__in=written)
    return seen.select_related("assignment", "code__parent") if round.closed_at else seen.none()


def consensus_by_transcript(*, round: Round, user: User) -> list[TranscriptConsensus]:
    """Every transcript that stayed in the round with what was agreed on it."""
    codings: dict[UUID, list[Coding]] = defaultdict(list)
    for coding in consensus(round=round, user=user):
        codings[coding.assignment.transcript_version_id].append(coding)
    members = (
        round.transcripts.standing()
        .select_related("transcript_version__transcript__interview__participant")
        .order_by("position")
    )
    left_open = {each.round_transcript.id: each.total - each.settled for each in tallies(round=round)}
    return [
        TranscriptConsensus(
            version=member.transcript_version,
            agreed=[
                Agreed(each, member.transcript_version.text[each.start : each.end])
                for each in codings[member.transcript_version_id]
            ],
            round_transcript_id=member.id,
            left_open=left_open.get(member.id, 0),
        )
        for member in members
    ]
