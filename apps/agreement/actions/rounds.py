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
from apps.agreement.actions.holds import end_hold, hold_if_complete
from apps.agreement.actions.runs import request_run
from apps.agreement.actions.trail import record_round
from apps.agreement.models import Round
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices


class NotHeld(Refusal):
    template = gettext_noop("The round cannot be released: not everybody has submitted.")


class AlreadyReleased(Refusal):
    template = gettext_noop("%(round)s is released already.")


class AlreadyClosed(Refusal):
    template = gettext_noop("%(round)s was closed already, by %(person)s on %(when)s.")


class NotComputed(Refusal):
    template = gettext_noop("The round cannot be closed before its agreement has been computed.")


@transaction.atomic
def submit(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Hands a coding in; the last one of a round starts the hold before its release."""
    round = _locked_round_of(assignment)
    assignment = coding.submit(assignment=assignment, by=by, now=now)
    if round is not None:
        hold_if_complete(round, now=now)
    return assignment


@transaction.atomic
def take_back(*, assignment: CodingAssignment, by: User, now: datetime) -> CodingAssignment:
    """Undoes a submission until the release; a held round waits again."""
    round = _locked_round_of(assignment)
    assignment = coding.take_back(assignment=assignment, by=by, now=now)
    if round is not None:
        end_hold(round)
    return assignment


def release_due(*, now: datetime) -> int:
    """Releases every round whose hold has passed; returns how many."""
    held = Round.objects.filter(state=Round.State.HELD).values_list("id", flat=True)
    return sum(_release(round_id, by=None, now=now) for round_id in held)


def release_now(*, round: Round, by: User, now: datetime) -> Round:
    """Releases a held round without waiting for the hold; the audit trail says who did."""
    if not _release(round.id, by=by, now=now):
        if Round.objects.filter(id=round.id, released_at__isnull=False).exists():
            raise AlreadyReleased(round=str(round))
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
    round.hold_waived_by = by
    round.save(update_fields=["hold_waived_by"])
    work = CodingAssignment.objects.filter(in_round__round_transcript__round=round, voided_at=None)
    coding.release(assignments=list(work), now=now)
    round.state, round.released_at = Round.State.RELEASED, now
    round.save(update_fields=["state", "released_at"])
    record_round("released", round, by=by, now=now, at_once=by is not None)
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
    if round.closed_at is not None and round.closed_by is not None:
        when = date_format(localtime(round.closed_at), "j F Y, H:i")
        raise AlreadyClosed(round=str(round), person=round.closed_by.name, when=when)
    run = queries.latest_run(round=round)
    if round.state not in {Round.State.CONFERRING, Round.State.ADJUDICATING} or run is None:
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
    round.transcripts.update(is_round_open=False)
    round.state, round.closed_at, round.closed_by = Round.State.CLOSED, now, by
    round.save(update_fields=["state", "closed_at", "closed_by"])
    counts = queries.tally(round=round)
    record_round("closed", round, by=by, now=now, discrepancies=counts.total, left_open=counts.open)
    return round


def _locked_round_of(assignment: CodingAssignment) -> Round | None:
    """Everywhere the round is locked before the assignment, so that take-back and release cannot cross."""
    rounds = Round.objects.select_for_update().filter(transcripts__assignments__assignment=assignment)
    return rounds.first()
