"""A round planned, drawn and given out; a rolling round goes on until its draw is complete."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.actions.holds import follow
from apps.agreement.actions.own_numbers import check_own_numbers, own_numbers_in_words
from apps.agreement.actions.trail import record_round
from apps.agreement.models import Batch, OwnNumber, Round, RoundAssignment, RoundCoder, RoundTranscript
from apps.agreement.models.rounds import default_levels
from apps.codebooks.models import CodebookVersion
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices
from apps.participants.models import Rule
from apps.studies.models import Study
from apps.studies.permissions import Permission
from apps.transcripts.models import TranscriptVersion


class NothingPicked(Refusal):
    template = gettext_noop("Pick at least one transcript for the round.")


class NothingToDraw(Refusal):
    template = gettext_noop("No transcript can be drawn at present.")


class TooFewCoders(Refusal):
    template = gettext_noop("A round needs at least two coders.")


class NobodyToCode(Refusal):
    template = gettext_noop("Too few coders may code %(transcript)s.")


class AdjudicatorCodes(Refusal):
    template = gettext_noop("%(person)s codes in this round and so cannot be its adjudicator.")


class NotADecider(Refusal):
    template = gettext_noop("%(person)s has no role in this study that lets them decide.")


class InAnotherRound(Refusal):
    template = gettext_noop("%(transcript)s is in another round that is still open.")


class PlanStays(Refusal):
    template = gettext_noop("The plan stays as it is once the round has been drawn.")


class BatchesUnclear(Refusal):
    template = gettext_noop("Name two batches or more, each by a name of its own, or none.")


class BatchTooSmall(Refusal):
    template = gettext_noop("%(batch)s must have at least %(fewest)s transcripts.")


class DrawOver(Refusal):
    template = gettext_noop("The draw of this round is complete.")


class DrawChanged(Refusal):
    template = gettext_noop("What would be drawn has changed since you looked: look again, then draw.")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is decided before a round is drawn; each field is one of the round, but for coders and batches.

    A batch is a name and its number of transcripts; the last takes the rest, whatever its number.
    """

    coders: Sequence[User]
    adjudicator: User
    codebook_version: CodebookVersion
    kind: Round.Kind = Round.Kind.MAIN
    rationale: str = ""
    hold_minutes: int = 15
    strata: Sequence[str] = (Round.Stratum.GROUP, Round.Stratum.SITE, Round.Stratum.INTERVIEWER)
    at_least: int = 12
    share: float = 0.2
    per_group: int = 3
    per_site: int = 1
    per_interviewer: int = 1
    own_numbers: Sequence[OwnNumber] = ()
    coders_per_transcript: int = 2
    seed: int = 1
    if_interviewed: str = Rule.ALLOW
    tolerance_unit: str = Round.ToleranceUnit.SHARE
    tolerance: float = 0.5
    levels: Sequence[str] = field(default_factory=default_levels)
    thresholds: Sequence[float] = ()
    has_coefficients: bool = True
    has_sealed_proposals: bool = False
    has_unnamed_sides: bool = False
    batches: Sequence[tuple[str, int | None]] = ()

    @property
    def columns(self) -> dict[str, Any]:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        del values["coders"], values["batches"]
        values["own_numbers"] = [asdict(each) for each in self.own_numbers]
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


@transaction.atomic
def plan_round(
    *, study: Study, plan: Plan, picked: Sequence[TranscriptVersion] = (), by: User, now: datetime
) -> Round:
    """Writes a plan down; nobody codes before it is drawn."""
    _check(study, plan)
    Study.objects.select_for_update().get(id=study.id)
    picked = _newest(picked)
    newest = study.rounds.aggregate(newest=Max("number"))["newest"] or 0
    round = Round.objects.create(study=study, number=newest + 1, **plan.columns)
    _write_out(round, plan, picked)
    _record_plan("planned", round, plan, picked, by=by, now=now)
    return round


@transaction.atomic
def change_plan(
    *, round: Round, plan: Plan, picked: Sequence[TranscriptVersion] = (), by: User, now: datetime
) -> Round:
    """Changes a plan that has not been drawn."""
    round = _locked_plan(round)
    _check(round.study, plan)
    picked = _newest(picked)
    for name, value in plan.columns.items():
        setattr(round, name, value)
    round.save()
    _erase_parts(round)
    _write_out(round, plan, picked)
    _record_plan("plan changed", round, plan, picked, by=by, now=now)
    return round


@transaction.atomic
def discard_plan(*, round: Round, by: User, now: datetime) -> None:
    """Throws away a plan that has not been drawn."""
    round = _locked_plan(round)
    record_round("plan discarded", round, by=by, now=now)
    _erase_parts(round)
    _erase(Round.objects.filter(id=round.id))


def _erase_parts(round: Round) -> None:
    for rows in (round.coders.all(), round.transcripts.all(), round.batches.all()):
        _erase(rows)


def _erase(rows: QuerySet[Any]) -> None:
    """Deletes these rows alone: the app role may not even ask for rows that hang on a drawn round."""
    rows._raw_delete(rows.db)


@transaction.atomic
def draw(
    *, round: Round, by: User, now: datetime, limit: int | None = None, shown: str = ""
) -> list[RoundTranscript]:
    """Draws, assigns and tells the coders, in one act; `shown` is the digest of the preview that was read."""
    round = (
        Round.objects.select_for_update(of=("self",)).select_related("study", "adjudicator").get(id=round.id)
    )
    if round.drawn_at is not None or not (round.is_being_coded or round.state == Round.State.PLANNED):
        raise DrawOver
    found = queries.preview(round=round, limit=limit)
    if shown and shown != found.digest:
        raise DrawChanged
    if not found.taken:
        raise NothingPicked if round.state == Round.State.PLANNED else NothingToDraw
    is_new = round.state == Round.State.PLANNED
    if is_new:
        round.state = Round.State.CODING
    round.opened_at = round.opened_at or now
    round.drawn_at = now if found.is_complete else None
    round.save(update_fields=["state", "opened_at", "drawn_at"])
    drawn = [_put_in(round, each, by=by, now=now) for each in found.taken]
    follow(round, now=now)
    _record_draw("opened" if is_new else "drawn", round, found, by=by, now=now)
    _tell(round, found, is_new=is_new, now=now)
    return drawn


@transaction.atomic
def open_round(
    *,
    study: Study,
    transcript_versions: Sequence[TranscriptVersion],
    coders: Sequence[User],
    adjudicator: User,
    codebook_version: CodebookVersion,
    by: User,
    now: datetime,
    kind: Round.Kind = Round.Kind.MAIN,
    rationale: str = "",
    hold_minutes: int = 15,
) -> Round:
    """Opens a round over transcripts picked by hand, each of them coded by every coder."""
    if not transcript_versions:
        raise NothingPicked
    plan = Plan(
        coders=coders,
        adjudicator=adjudicator,
        codebook_version=codebook_version,
        kind=kind,
        rationale=rationale,
        hold_minutes=hold_minutes,
        strata=(),
        at_least=len(transcript_versions),
        share=0,
        per_group=0,
        per_site=0,
        per_interviewer=0,
        coders_per_transcript=max(2, len(coders)),
    )
    round = plan_round(study=study, plan=plan, picked=transcript_versions, by=by, now=now)
    draw(round=round, by=by, now=now)
    round.refresh_from_db()
    return round


def _check(study: Study, plan: Plan) -> None:
    if len(set(plan.coders)) < max(2, plan.coders_per_transcript):
        raise TooFewCoders
    able = study.memberships.current().holding(Permission.CODING_CODE).values_list("user", flat=True)
    for coder in plan.coders:
        if coder.id not in set(able):
            raise coding.NotACoder(person=coder.name)
    check_own_numbers(study, plan.own_numbers, plan.strata)
    _check_batches(plan)
    check_adjudicator(study, plan.adjudicator, plan.coders)


def check_adjudicator(study: Study, person: User, coders: Sequence[User]) -> None:
    """Who decides what the coders leave open is none of them, and holds a role that decides."""
    if person in coders:
        raise AdjudicatorCodes(person=person.name)
    deciders = study.memberships.current().holding(Permission.DISCREPANCIES_SETTLE)
    if not deciders.filter(user=person).exists():
        raise NotADecider(person=person.name)


def _check_batches(plan: Plan) -> None:
    names = [name.strip() for name, _size in plan.batches]
    if len(names) == 1 or "" in names or len(set(names)) < len(names):
        raise BatchesUnclear
    fewest = 1 if plan.kind == Round.Kind.CALIBRATION else 2
    for name, size in plan.batches[:-1]:
        if size is None or size < fewest:
            raise BatchTooSmall(batch=name, fewest=fewest)


def _locked_plan(round: Round) -> Round:
    found = Round.objects.select_for_update(of=("self",)).select_related("study").get(id=round.id)
    if found.state != Round.State.PLANNED:
        raise PlanStays
    return found


def _write_out(round: Round, plan: Plan, picked: Sequence[TranscriptVersion]) -> None:
    """What hangs on a plan; one that names no batches has a single one, without a name."""
    named = [*plan.batches[:-1], *((name, None) for name, _size in plan.batches[-1:])] or [("", None)]
    Batch.objects.bulk_create(
        Batch(round=round, position=position, name=name.strip(), size=size)
        for position, (name, size) in enumerate(named)
    )
    RoundCoder.objects.bulk_create(
        RoundCoder(round=round, coder=coder, position=position) for position, coder in enumerate(plan.coders)
    )
    for version in picked:
        _hold(round, version, is_picked_by_hand=True)


def _newest(picked: Sequence[TranscriptVersion]) -> list[TranscriptVersion]:
    """Each transcript once, by its newest text, whichever of its texts was named."""
    transcripts = dict.fromkeys(version.transcript_id for version in picked)
    found = TranscriptVersion.objects.newest().filter(transcript__in=transcripts).defer("text")
    newest = {version.transcript_id: version for version in found}
    return [newest[transcript] for transcript in transcripts]


def _hold(round: Round, version: TranscriptVersion, *, is_picked_by_hand: bool) -> RoundTranscript:
    last = round.transcripts.aggregate(last=Max("position"))["last"]
    try:
        with transaction.atomic():
            return RoundTranscript.objects.create(
                round=round,
                batch=queries.next_batches(round=round, number=1)[0],
                transcript_version=version,
                position=0 if last is None else last + 1,
                is_picked_by_hand=is_picked_by_hand,
            )
    except IntegrityError:
        raise InAnotherRound(transcript=str(version.transcript)) from None


def _put_in(round: Round, taken: queries.Taken, *, by: User, now: datetime) -> RoundTranscript:
    if not taken.coders:
        raise NobodyToCode(transcript=taken.pseudonym)
    # By its transcript: what was picked by hand may have been given a newer text since.
    member = round.transcripts.filter(transcript_version__transcript=taken.version.transcript_id).first()
    if member is None:
        member = _hold(round, taken.version, is_picked_by_hand=False)
    elif member.transcript_version_id != taken.version.id:
        _renew(member, taken.version)
    for coder in taken.coders:
        give(member, coder, by=by, now=now)
    return member


def _renew(member: RoundTranscript, version: TranscriptVersion) -> None:
    member.transcript_version = version
    try:
        with transaction.atomic():
            member.save(update_fields=["transcript_version"])
    except IntegrityError:
        raise InAnotherRound(transcript=str(version.transcript)) from None


def give(member: RoundTranscript, coder: User, *, by: User, now: datetime) -> CodingAssignment:
    """One coder more for a transcript of a round, blind."""
    assignment = coding.assign(
        study=member.round.study,
        coder=coder,
        transcript_version=member.transcript_version,
        codebook_version=member.round.codebook_version,
        kind=CodingAssignment.Kind.INDEPENDENT,
        by=by,
        now=now,
    )
    place = member.assignments.count()
    RoundAssignment.objects.create(round_transcript=member, assignment=assignment, position=place)
    return assignment


def _record_plan(
    verb: str, round: Round, plan: Plan, picked: Sequence[TranscriptVersion], *, by: User, now: datetime
) -> None:
    own = own_numbers_in_words(round.study, plan.own_numbers)
    detail: dict[str, Any] = {"own_numbers": own} if own else {}
    record_round(verb, round, by=by, now=now, kind=str(plan.kind), picked=len(picked), **detail)


def _record_draw(verb: str, round: Round, found: queries.Preview, *, by: User, now: datetime) -> None:
    record_round(
        verb,
        round,
        by=by,
        now=now,
        transcripts=len(found.taken),
        by_hand=sum(each.is_picked_by_hand for each in found.taken),
        seed=round.seed,
        drawn=[each.pseudonym for each in found.taken],
        remarks=sorted({remark for each in found.taken for remark in each.remarks}),
        coders=[row.coder.name for row in round.coders.select_related("coder")],
        adjudicator=round.adjudicator.name,
        is_complete=found.is_complete,
    )


def _tell(round: Round, found: queries.Preview, *, is_new: bool, now: datetime) -> None:
    """Tells each coder who was given something; what the others were given is no part of it."""
    words = {"round": round}
    opened = gettext("%(round)s is open: its transcripts are yours to code, blind.") % words
    more = gettext("%(round)s goes on: more transcripts are yours to code, blind.") % words
    for coder in dict.fromkeys(coder for each in found.taken for coder in each.coders):
        text = opened if is_new else more
        notices.tell(recipient=coder, study=round.study, kind="round opened", text=text, now=now)
