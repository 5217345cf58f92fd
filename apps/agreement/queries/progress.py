"""How far a round is. Of blind work nothing shows but assigned, started and submitted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import User
from apps.agreement.models import Batch, Round, RoundAssignment, RoundCoder, RoundTranscript
from apps.agreement.queries.differences import TEXT
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
    for member_id, id, name, state, submitted_at in _assignments(round):
        line = CoderProgress(id, name, state, str(CodingAssignment.State(state).label), submitted_at)
        work.setdefault(member_id, []).append(line)
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
        for member in members.defer(*(f"transcript_version__{name}" for name in TEXT)).order_by("position")
    ]


def _assignments(round: Round) -> Iterable[tuple[UUID, UUID, str, str, datetime | None]]:
    rows = RoundAssignment.objects.filter(round_transcript__round=round, assignment__voided_at=None)
    names = ("assignment", "assignment__coder__name", "assignment__state", "assignment__submitted_at")
    return rows.order_by("position").values_list("round_transcript", *names)


def coders(*, round: Round) -> QuerySet[RoundCoder]:
    """The coders of a round, with whether they can still code in the study."""
    able = round.study.memberships.current().holding(Permission.CODING_CODE)
    rows = round.coders.select_related("coder")
    return rows.annotate(has_left_the_study=~Exists(able.filter(user=OuterRef("coder"))))


def empty_work(*, round: Round, user: User) -> set[UUID]:
    """The released assignments, of those that the person may read, in which nothing was coded.

    None for an adjudicator from whom names are hidden: it would tell whose everything there is.
    """
    is_hidden = round.has_unnamed_sides and round.state != Round.State.CLOSED
    if is_hidden and user.id == round.adjudicator_id:
        return set()
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
