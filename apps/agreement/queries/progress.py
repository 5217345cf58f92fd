"""How far a round is. Of blind work nothing shows but assigned, started and submitted."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.agreement.models import Round, RoundAssignment


@dataclass(frozen=True)
class CoderProgress:
    """All that anybody but the coder may know of blind work."""

    assignment_id: UUID
    coder_name: str
    state: str
    state_name: str
    submitted_at: datetime | None


@dataclass(frozen=True)
class TranscriptProgress:
    round_transcript_id: UUID
    pseudonym: str
    coders: list[CoderProgress]


def progress(*, round: Round) -> list[TranscriptProgress]:
    """Each transcript of the round with who has started and submitted."""
    rows = (
        RoundAssignment.objects.filter(round_transcript__round=round, assignment__voided_at=None)
        .select_related(
            "assignment__coder",
            "round_transcript__transcript_version__transcript__interview__participant",
        )
        .order_by("round_transcript__position", "position")
    )
    found: dict[UUID, TranscriptProgress] = {}
    for row in rows:
        line = found.setdefault(
            row.round_transcript_id,
            TranscriptProgress(
                row.round_transcript_id, str(row.round_transcript.transcript_version.transcript), []
            ),
        )
        work = row.assignment
        line.coders.append(
            CoderProgress(
                work.id, work.coder.name, work.state, str(work.get_state_display()), work.submitted_at
            )
        )
    return list(found.values())
