"""How far a round is. Of blind work nothing shows but assigned, started and submitted."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import User
from apps.agreement.models import Batch, Round, RoundAssignment, RoundCoder, RoundTranscript
from apps.agreement.queries.report import latest_run
from apps.coding.models import Coding, CodingAssignment
from apps.participants.models import Withdrawal
from apps.studies.permissions import Permission


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
    """One transcript of the round; what happened to it is said in words."""

    round_transcript_id: UUID
    pseudonym: str
    is_picked_by_hand: bool
    withdrawn_reason: str
    unblinded_reason: str
    batch: Batch
    coders: list[CoderProgress]


def progress(*, round: Round) -> list[TranscriptProgress]:
    """Each transcript of the round, withdrawn ones too, with who has started and submitted."""
    members = round.transcripts.select_related(
        "batch", "transcript_version__transcript__interview__participant"
    )
    work: dict[UUID, list[CoderProgress]] = {}
    for row in _assignments(round):
        each = row.assignment
        line = CoderProgress(
            each.id, each.coder.name, each.state, str(each.get_state_display()), each.submitted_at
        )
        work.setdefault(row.round_transcript_id, []).append(line)
    return [
        TranscriptProgress(
            member.id,
            str(member.transcript_version.transcript),
            member.is_picked_by_hand,
            member.withdrawn_reason,
            member.unblinded_reason,
            member.batch,
            work.get(member.id, []),
        )
        for member in members.defer("transcript_version__text")
    ]


def _assignments(round: Round) -> QuerySet[RoundAssignment]:
    rows = RoundAssignment.objects.filter(round_transcript__round=round, assignment__voided_at=None)
    return rows.select_related("assignment__coder").order_by("position")


def coders(*, round: Round) -> QuerySet[RoundCoder]:
    """The coders of a round, with whether they can still code in the study."""
    able = round.study.memberships.current().holding(Permission.CODING_CODE)
    rows = round.coders.select_related("coder")
    return rows.annotate(has_left_the_study=~Exists(able.filter(user=OuterRef("coder"))))


def empty_work(*, round: Round, user: User) -> set[UUID]:
    """The released assignments, of those that the person may read, in which nothing was coded."""
    work = CodingAssignment.objects.open_to(user).filter(
        in_round__round_transcript__round=round, released_at__isnull=False, voided_at=None
    )
    coded = Coding.objects.standing().filter(assignment=OuterRef("id"))
    return set(work.filter(~Exists(coded)).values_list("id", flat=True))


def taken_out_since(*, round: Round) -> QuerySet[RoundTranscript]:
    """Transcripts taken out of the round after its agreement was computed with them."""
    run = latest_run(round=round)
    if run is None:
        return round.transcripts.none()
    out = round.transcripts.filter(withdrawn_at__gte=run.computed_at, batch__in=run.batches)
    return out.select_related("transcript_version__transcript__interview__participant").defer(
        "transcript_version__text"
    )


def since_withdrawn(*, round: Round) -> list[str]:
    """Pseudonyms of people whose transcripts the round counts and who have left the study meanwhile."""
    left = Withdrawal.objects.filter(
        participant__interviews__transcript__versions__in=round.transcripts.counted().values(
            "transcript_version"
        )
    )
    names = left.order_by("participant__group__position", "participant__number")
    return list(dict.fromkeys(names.values_list("participant__pseudonym", flat=True)))
