"""A double-coding round: coded blind, held, released, closed."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.actions.consensus import agreed_passages
from apps.agreement.actions.holds import follow, named
from apps.agreement.actions.meetings import end_meetings_of
from apps.agreement.actions.runs import request_run
from apps.agreement.actions.trail import record_round
from apps.agreement.models import Batch, Round
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices


class NotHeld(Refusal):
    template = gettext_noop("%(what)s cannot be released: not everything is drawn and submitted.")


class AlreadyReleased(Refusal):
    template = gettext_noop("%(what)s is released already.")


class AlreadyClosed(Refusal):
    template = gettext_noop("%(round)s was closed already, by %(person)s on %(when)s.")


class StillBlind(Refusal):
    template = gettext_noop("%(round)s cannot be closed: %(batches)s is still coded blind.")


class NotComputed(Refusal):
    template = gettext_noop("The round cannot be closed before its agreement has been computed.")


@transaction.atomic
def submit(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Hands a coding in; the last one of its batch starts the hold before the release."""
    round = _locked_round_of(assignment)
    assignment = coding.submit(assignment=assignment, by=by, now=now)
    if round is not None:
        follow(round, now=now)
    return assignment


@transaction.atomic
def take_back(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Undoes a submission until the release; a held batch waits again."""
    round = _locked_round_of(assignment)
    assignment = coding.take_back(assignment=assignment, by=by, now=now)
    if round is not None:
        follow(round, now=now)
    return assignment


def release_due(*, now: datetime) -> int:
    """Releases every batch whose hold has passed; returns how many."""
    held = Batch.objects.blind().filter(held_since__isnull=False).exclude(round__state=Round.State.VOID)
    rounds = list(held.order_by().values_list("round", flat=True).distinct())
    return sum(len(_release(round_id, by=None, now=now)) for round_id in rounds)


def release_now(*, round: Round, batch: Batch | None = None, by: User, now: datetime) -> Round:
    """Releases a held batch, or all that are held, without waiting; the audit trail says who did."""
    if not _release(round.id, only=batch, by=by, now=now):
        asked = round.batches.filter(id=batch.id) if batch else round.batches.all()
        what = str(batch or round)
        raise NotHeld(what=what) if asked.blind().exists() else AlreadyReleased(what=what)
    round.refresh_from_db()
    return round


@transaction.atomic
def _release(round_id: UUID, *, by: User | None, now: datetime, only: Batch | None = None) -> list[Batch]:
    """Exactly once, under the lock that a take-back needs too; then one computation over all that is open."""
    round = Round.objects.select_for_update().get(id=round_id)
    if not round.is_being_coded:
        return []
    held = round.batches.blind().filter(held_since__isnull=False)
    if only is not None:
        held = held.filter(id=only.id)
    if by is None:
        held = held.filter(held_since__lte=now - timedelta(minutes=round.hold_minutes))
    released = [_release_batch(batch, round, by=by, now=now) for batch in held]
    if released:
        if round.state in {Round.State.CODING, Round.State.HELD}:
            round.state = Round.State.RELEASED
        follow(round, now=now)
        request_run(round=round, by=by)
    return released


def _release_batch(batch: Batch, round: Round, *, by: User | None, now: datetime) -> Batch:
    batch.hold_waived_by = by
    batch.save(update_fields=["hold_waived_by"])
    work = CodingAssignment.objects.filter(in_round__round_transcript__batch=batch, voided_at=None)
    coding.release(assignments=list(work), now=now)
    batch.released_at = now
    batch.save(update_fields=["released_at"])
    record_round("released", round, by=by, now=now, at_once=by is not None, **named(batch))
    told = gettext("%(round)s is released: its codings are open to all who coded it.")
    if batch.name:
        told = gettext("%(batch)s of %(round)s is released: its codings are open to all who coded it.")
    told = told % {"round": round, "batch": batch.name}
    for person in {each.coder for each in work.select_related("coder")} | {round.adjudicator}:
        _tell(person, round, "round released", told, now=now)
    return batch


@transaction.atomic
def close(*, round: Round, by: User, now: datetime) -> Round:
    """Writes the consensus of every transcript and freezes the round; what is open stays open."""
    round = (
        Round.objects.select_for_update(of=("self",)).select_related("study", "adjudicator").get(id=round.id)
    )
    if round.closed_at is not None and round.closed_by is not None:
        when = date_format(localtime(round.closed_at), "j F Y, H:i")
        raise AlreadyClosed(round=str(round), person=round.closed_by.name, when=when)
    if round.is_being_coded and round.batches.released().exists():
        names = [line.batch.name for line in queries.batches(round=round) if line.batch.released_at is None]
        raise StillBlind(round=str(round), batches=", ".join(names))
    run = queries.latest_run(round=round)
    is_open = round.state in {Round.State.CONFERRING, Round.State.ADJUDICATING}
    if not is_open or run is None or not queries.is_of_all_released(run):
        raise NotComputed
    for member in round.transcripts.counted().select_related("transcript_version"):
        coding.write_consensus(
            study=round.study,
            transcript_version=member.transcript_version,
            codebook_version=round.codebook_version,
            adjudicator=round.adjudicator,
            passages=agreed_passages(member, run),
            by=by,
            now=now,
        )
    end_meetings_of(round, by=by, now=now)
    round.transcripts.update(is_round_open=False)
    round.state, round.closed_at, round.closed_by = Round.State.CLOSED, now, by
    round.save(update_fields=["state", "closed_at", "closed_by"])
    counts = queries.tally(round=round)
    record_round("closed", round, by=by, now=now, discrepancies=counts.total, left_open=counts.open)
    _tell_of_close(round, by=by, now=now)
    return round


def _tell_of_close(round: Round, *, by: User, now: datetime) -> None:
    """Coders read where the decision went against them, and why; nothing of it stands in the notice."""
    closed = gettext("%(round)s is closed; its consensus is written.") % {"round": round}
    told = gettext("%(round)s is closed. Your record says where the decision left something else, and why.")
    work = CodingAssignment.objects.filter(in_round__round_transcript__round=round, voided_at=None)
    coders = User.objects.filter(id__in=work.values("coder")).order_by("name")
    for coder in coders.exclude(id=by.id):
        _tell(coder, round, "round closed", told % {"round": round}, now=now)
    if round.adjudicator != by:
        _tell(round.adjudicator, round, "round closed", closed, now=now)


def _tell(person: User, round: Round, kind: str, text: str, *, now: datetime) -> None:
    notices.tell(recipient=person, study=round.study, kind=kind, text=text, about=round.id, now=now)


def _locked_round_of(assignment: CodingAssignment) -> Round | None:
    """Everywhere the round is locked before the assignment, so that take-back and release cannot cross."""
    rounds = Round.objects.select_for_update().filter(transcripts__assignments__assignment=assignment)
    return rounds.first()
