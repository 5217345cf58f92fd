"""A double-coding round: opened, coded blind, held, released, closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.actions.consensus import agreed_passages
from apps.agreement.actions.runs import request_run
from apps.agreement.models import Round, RoundAssignment, RoundCoder, RoundTranscript
from apps.audit.actions import record
from apps.codebooks.models import CodebookVersion
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices
from apps.studies.models import Study
from apps.studies.permissions import Permission
from apps.transcripts.models import TranscriptVersion


class NothingPicked(Refusal):
    template = gettext_noop("Pick at least one transcript for the round.")


class TooFewCoders(Refusal):
    template = gettext_noop("A round needs at least two coders.")


class AdjudicatorCodes(Refusal):
    template = gettext_noop("%(person)s codes in this round and so cannot be its adjudicator.")


class NotADecider(Refusal):
    template = gettext_noop("%(person)s has no role in this study that lets them decide.")


class InAnotherRound(Refusal):
    template = gettext_noop("%(transcript)s is in another round that is still open.")


class NotHeld(Refusal):
    template = gettext_noop("The round cannot be released: not everybody has submitted.")


class NotComputed(Refusal):
    template = gettext_noop("The round cannot be closed before its agreement has been computed.")


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
    """Plans a round over the picked transcripts and gives each of them to each coder, blind."""
    if not transcript_versions:
        raise NothingPicked
    if len(set(coders)) < 2:
        raise TooFewCoders
    if adjudicator in coders:
        raise AdjudicatorCodes(person=adjudicator.name)
    deciders = study.memberships.current().holding(Permission.DISCREPANCIES_SETTLE)
    if not deciders.filter(user=adjudicator).exists():
        raise NotADecider(person=adjudicator.name)
    Study.objects.select_for_update().get(id=study.id)
    newest = study.rounds.aggregate(newest=Max("number"))["newest"] or 0
    round = Round.objects.create(
        study=study,
        number=newest + 1,
        kind=kind,
        state=Round.State.CODING,
        codebook_version=codebook_version,
        adjudicator=adjudicator,
        rationale=rationale,
        hold_minutes=hold_minutes,
        at_least=len(transcript_versions),
        share=0,
        per_group=0,
        per_site=0,
        per_interviewer=0,
        coders_per_transcript=len(coders),
        opened_at=now,
    )
    RoundCoder.objects.bulk_create(
        RoundCoder(round=round, coder=coder, position=position) for position, coder in enumerate(coders)
    )
    for position, version in enumerate(transcript_versions):
        _put_in(round, version, position=position, coders=coders, by=by, now=now)
    _record(
        "opened",
        round,
        by=by,
        now=now,
        transcripts=len(transcript_versions),
        coders=[coder.name for coder in coders],
        adjudicator=adjudicator.name,
    )
    told = gettext("%(round)s is open: its transcripts are yours to code, blind.") % {"round": round}
    for coder in coders:
        notices.tell(recipient=coder, study=study, kind="round opened", text=told, now=now)
    return round


@transaction.atomic
def submit(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Hands a coding in; the last one of a round starts the hold before its release."""
    round = _locked_round_of(assignment)
    assignment = coding.submit(assignment=assignment, by=by, now=now)
    if round is not None and not _unsubmitted(round):
        round.state, round.held_since = Round.State.HELD, now
        round.save(update_fields=["state", "held_since"])
        _record("held", round, by=None, now=now, minutes=round.hold_minutes)
    return assignment


@transaction.atomic
def take_back(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Undoes a submission until the release; a held round waits again."""
    round = _locked_round_of(assignment)
    assignment = coding.take_back(assignment=assignment, by=by, now=now)
    if round is not None and round.state == Round.State.HELD:
        round.state, round.held_since = Round.State.CODING, None
        round.save(update_fields=["state", "held_since"])
    return assignment


def release_due(*, now: datetime) -> int:
    """Releases every round whose hold has passed; returns how many."""
    held = Round.objects.filter(state=Round.State.HELD).values_list("id", flat=True)
    return sum(_release(round_id, by=None, now=now) for round_id in held)


def release_now(*, round: Round, by: User, now: datetime) -> Round:
    """Releases a held round without waiting for the hold; the audit trail says who did."""
    if not _release(round.id, by=by, now=now):
        raise NotHeld
    round.refresh_from_db()
    return round


@transaction.atomic
def _release(round_id: UUID, *, by: User | None, now: datetime) -> bool:
    """Exactly once, under the lock that a take-back needs too."""
    round = Round.objects.select_for_update().get(id=round_id)
    if round.state != Round.State.HELD or round.held_since is None:
        return False
    if by is None and now < round.held_since + timedelta(minutes=round.hold_minutes):
        return False
    work = CodingAssignment.objects.filter(in_round__round_transcript__round=round, voided_at=None)
    coding.release(assignments=list(work), now=now)
    round.state, round.released_at = Round.State.RELEASED, now
    round.save(update_fields=["state", "released_at"])
    _record("released", round, by=by, now=now, at_once=by is not None)
    request_run(round=round, by=by)
    told = gettext("%(round)s is released: its codings are open to all who coded it.") % {"round": round}
    for person in {each.coder for each in work.select_related("coder")} | {round.adjudicator}:
        notices.tell(recipient=person, study=round.study, kind="round released", text=told, now=now)
    return True


@transaction.atomic
def close(*, round: Round, by: User, now: datetime) -> Round:
    """Writes the consensus of every transcript and freezes the round; what is open stays open."""
    round = (
        Round.objects.select_for_update(of=("self",)).select_related("study", "adjudicator").get(id=round.id)
    )
    run = queries.latest_run(round=round)
    if round.state not in {Round.State.CONFERRING, Round.State.ADJUDICATING} or run is None:
        raise NotComputed
    for member in round.transcripts.select_related("transcript_version"):
        coding.write_consensus(
            study=round.study,
            transcript_version=member.transcript_version,
            codebook_version=round.codebook_version,
            adjudicator=round.adjudicator,
            passages=agreed_passages(member, run),
            by=by,
            now=now,
        )
    round.transcripts.update(is_round_open=False)
    round.state, round.closed_at, round.closed_by = Round.State.CLOSED, now, by
    round.save(update_fields=["state", "closed_at", "closed_by"])
    counts = queries.tally(round=round)
    _record("closed", round, by=by, now=now, discrepancies=counts.total, left_open=counts.open)
    return round


def _put_in(
    round: Round,
    version: TranscriptVersion,
    *,
    position: int,
    coders: Sequence[User],
    by: User,
    now: datetime,
) -> None:
    try:
        with transaction.atomic():
            member = RoundTranscript.objects.create(
                round=round, transcript_version=version, position=position
            )
    except IntegrityError:
        raise InAnotherRound(transcript=str(version.transcript)) from None
    for place, coder in enumerate(coders):
        assignment = coding.assign(
            study=round.study,
            coder=coder,
            transcript_version=version,
            codebook_version=round.codebook_version,
            kind=CodingAssignment.Kind.INDEPENDENT,
            by=by,
            now=now,
        )
        RoundAssignment.objects.create(round_transcript=member, assignment=assignment, position=place)


def _locked_round_of(assignment: CodingAssignment) -> Round | None:
    """Everywhere the round is locked before the assignment, so that take-back and release cannot cross."""
    rounds = Round.objects.select_for_update().filter(transcripts__assignments__assignment=assignment)
    return rounds.first()


def _unsubmitted(round: Round) -> bool:
    work = CodingAssignment.objects.filter(in_round__round_transcript__round=round, voided_at=None)
    return work.exclude(state=CodingAssignment.State.SUBMITTED).exists()


def _record(verb: str, round: Round, *, by: User | None, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "round",
        by=by,
        now=now,
        study_id=round.study_id,
        object_id=round.id,
        object_name=str(round),
        **detail,
    )
