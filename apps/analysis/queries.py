"""Where a study stands and what waits for whom. Of blind coding nothing counts but how far it got."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from apps.agreement import queries as agreement
from apps.agreement.models import AgreementRun, Discrepancy, Resolution, Round, RoundAssignment
from apps.coding.models import CodingAssignment
from apps.jobs.models import Run
from apps.participants.models import Interview
from apps.studies.models import Membership, Study
from apps.studies.permissions import Permission, roles_with
from apps.transcripts.models import Transcript, Upload

CONFERRED = (Round.State.RELEASED, Round.State.CONFERRING, Round.State.ADJUDICATING)


@dataclass(frozen=True)
class StudyProgress:
    """How many of each thing there are, from the plan to the analysis."""

    interviews_planned: int
    interviews_held: int
    transcripts: int
    transcripts_ready: int
    transcripts_coded: int
    transcripts_double_coded: int


@dataclass(frozen=True)
class FirstSteps:
    """What a new study still lacks before anybody can code."""

    has_groups: bool
    has_codebook: bool
    has_team: bool
    has_transcripts: bool

    @property
    def are_done(self) -> bool:
        return self.has_groups and self.has_codebook and self.has_team and self.has_transcripts


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for somebody; `kind` says which sentence and which page belong to it."""

    kind: str
    count: int
    round_id: UUID | None = None
    round_number: int | None = None


@dataclass(frozen=True)
class RoundStanding:
    """A round with its number of transcripts and, once released, of its discrepancies."""

    round: Round
    transcripts: int
    discrepancies: int
    open: int
    is_mine: bool


def study_progress(study: Study) -> StudyProgress:
    """The counts of "Where the study stands"."""
    planned = study.groups.aggregate(planned=Sum("target"))["planned"]
    transcripts = Transcript.objects.filter(study=study).aggregate(
        all=Count("id"), ready=Count("id", filter=Q(ready_at__isnull=False))
    )
    return StudyProgress(
        interviews_planned=planned or 0,
        interviews_held=_held(study).count(),
        transcripts=transcripts["all"],
        transcripts_ready=transcripts["ready"],
        transcripts_coded=Transcript.objects.filter(study=study)
        .filter(Exists(_submitted_primary()) | Exists(_closed_rounds()))
        .count(),
        transcripts_double_coded=Transcript.objects.filter(study=study)
        .filter(Exists(_closed_rounds()))
        .count(),
    )


def first_steps(study: Study, *, now: datetime) -> FirstSteps:
    """The four steps of an empty study; the team is there when two people can code or are invited to."""
    coders = roles_with(Permission.CODING_CODE)
    members = study.memberships.current().filter(roles__overlap=coders).count()
    invited = study.invitations.open(now=now).filter(roles__overlap=coders).count()
    return FirstSteps(
        has_groups=study.groups.exists() and study.sites.exists(),
        has_codebook=study.codebooks.exists(),
        has_team=members + invited >= 2,
        has_transcripts=study.transcripts.exists(),
    )


def my_assignments(study: Study, membership: Membership) -> QuerySet[CodingAssignment]:
    """The member's own coding, with what is begun first and what is submitted last."""
    return (
        CodingAssignment.objects.filter(study=study, coder=membership.user_id, voided_at=None)
        .exclude(kind=CodingAssignment.Kind.CONSENSUS)
        .select_related(
            "transcript_version__transcript__interview__participant", "in_round__round_transcript__round"
        )
        .order_by(
            F("submitted_at").desc(nulls_first=True),
            F("started_at").desc(nulls_last=True),
            "due_on",
            "created_at",
        )
    )


def round_standings(study: Study, membership: Membership) -> list[RoundStanding]:
    """Every round, the newest first."""
    differing = _discrepancies_by_round(study)
    mine = RoundAssignment.objects.filter(
        round_transcript__round=OuterRef("id"), assignment__coder=membership.user_id
    )
    rounds = study.rounds.annotate(drawn=Count("transcripts", distinct=True), is_mine=Exists(mine)).order_by(
        "-number"
    )
    return [
        RoundStanding(
            round=round,
            transcripts=round.drawn,
            discrepancies=differing.get(round.id, (0, 0))[0],
            open=differing.get(round.id, (0, 0))[1],
            is_mine=round.is_mine,
        )
        for round in rounds
    ]


def reports(study: Study) -> QuerySet[Round]:
    """The rounds whose agreement can be read, the newest first."""
    computed = AgreementRun.objects.filter(round=OuterRef("id"))
    rounds = study.rounds.filter(Exists(computed)).exclude(state=Round.State.VOID)
    return rounds.select_related("codebook_version__codebook").order_by("-number")


def waiting_for(
    study: Study, membership: Membership, rounds: list[RoundStanding], *, now: datetime
) -> list[Waiting]:
    """What this member could do next, the most pressing first; what is zero is left out."""
    things = [
        *_of_barred(study, membership, rounds),
        *_of_rounds(study, membership, rounds),
        *_of_draws(study, membership),
        *_of_the_study(study, membership, now=now),
    ]
    return [thing for thing in things if thing.count]


def _of_rounds(study: Study, membership: Membership, rounds: list[RoundStanding]) -> Iterator[Waiting]:
    to_decide = agreement.left_by_round(study=study, reader=membership.user)
    to_confer = agreement.conferred_by_round(study=study, reader=membership.user)
    for standing in rounds:
        round = standing.round
        if round.state not in CONFERRED:
            continue
        is_done = round.released_at is not None and standing.discrepancies and not standing.open
        if is_done and membership.may(Permission.ROUNDS_PLAN):
            yield Waiting("round_to_close", 1, round.id, round.number)
        elif round.adjudicator_id == membership.user_id:
            yield Waiting("to_decide", to_decide.get(round.id, 0), round.id, round.number)
        elif standing.is_mine:
            yield Waiting("to_confer", to_confer.get(round.id, 0), round.id, round.number)
        elif membership.may(Permission.DISCREPANCIES_SETTLE):
            yield Waiting("open_discrepancies", standing.open, round.id, round.number)


def _of_barred(study: Study, membership: Membership, rounds: list[RoundStanding]) -> Iterator[Waiting]:
    """What an adjudicator may not decide waits for whoever can; who plans is told where they cannot."""
    may_settle, may_plan = (
        membership.may(each) for each in (Permission.DISCREPANCIES_SETTLE, Permission.ROUNDS_PLAN)
    )
    if not may_settle and not may_plan:
        return
    reader = membership.user
    mine = agreement.in_place_by_round(study=study, reader=reader) if may_settle else {}
    barred = agreement.barred_by_round(study=study, reader=reader) if may_plan else {}
    for round in (standing.round for standing in rounds):
        own = mine.get(round.id, 0)
        yield Waiting("to_decide_instead", own, round.id, round.number)
        yield Waiting("barred", max(0, barred.get(round.id, 0) - own), round.id, round.number)


def _of_draws(study: Study, membership: Membership) -> Iterator[Waiting]:
    """Nothing else says that a draw can go on, or that a round stands still until it does."""
    if not membership.may(Permission.ROUNDS_PLAN):
        return
    for each in agreement.rolling(study=study):
        yield Waiting("to_draw", each.drawable, each.round.id, each.round.number)
        yield Waiting("draw_waits", int(each.waits), each.round.id, each.round.number)


def _of_the_study(study: Study, membership: Membership, *, now: datetime) -> Iterator[Waiting]:
    if membership.may(Permission.TRANSCRIPTS_EDIT):
        yield Waiting("uploads", Upload.objects.filter(study=study).count())
        yield Waiting("not_ready", Transcript.objects.filter(study=study, ready_at=None).count())
        yield Waiting("without_transcript", _held(study).filter(transcript=None).count())
    if membership.may(Permission.ROUNDS_PLAN):
        yield Waiting("runs_failed", study.runs.filter(state=Run.State.FAILED).count())
    if membership.may(Permission.CODING_ASSIGN):
        yield Waiting("not_assigned", _ready_and_unassigned(study).count())
    if membership.may(Permission.MEMBERS_MANAGE):
        over = study.invitations.unanswered().filter(expires_at__lte=now)
        yield Waiting("invitations_over", over.count())


def _held(study: Study) -> QuerySet[Interview]:
    return Interview.objects.filter(study=study, status=Interview.Status.HELD)


def _ready_and_unassigned(study: Study) -> QuerySet[Transcript]:
    assigned = CodingAssignment.objects.filter(transcript_version__transcript=OuterRef("id"), voided_at=None)
    return Transcript.objects.filter(study=study).ready().filter(~Exists(assigned))


def _submitted_primary() -> QuerySet[CodingAssignment]:
    return CodingAssignment.objects.filter(
        transcript_version__transcript=OuterRef("id"),
        kind=CodingAssignment.Kind.PRIMARY,
        state=CodingAssignment.State.SUBMITTED,
        voided_at=None,
    )


def _closed_rounds() -> QuerySet[Round]:
    return Round.objects.filter(
        transcripts__transcript_version__transcript=OuterRef("id"), state=Round.State.CLOSED
    ).exclude(kind=Round.Kind.CALIBRATION)


def _discrepancies_by_round(study: Study) -> dict[UUID, tuple[int, int]]:
    newest = AgreementRun.objects.filter(round=OuterRef("agreement_run__round")).order_by("-computed_at")
    settled = Resolution.objects.filter(discrepancy=OuterRef("id"), undone_at=None)
    counted = (
        Discrepancy.objects.filter(
            agreement_run__round__study=study,
            agreement_run=Subquery(newest.values("id")[:1]),
            round_transcript__withdrawn_at=None,
        )
        .order_by()
        .values_list("round_transcript__round")
        .annotate(all=Count("id"), open=Count("id", filter=~Exists(settled)))
    )
    return {round_id: (every, still_open) for round_id, every, still_open in counted}
