"""Decisions on discrepancies by somebody who may decide alone: made, and undone, until the close."""

from datetime import datetime
from typing import Unpack
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.actions.deciding import (
    checked,
    decide,
    decisions_on,
    is_decider,
    must_be_open,
    pair,
    record_on,
)
from apps.agreement.models import CodebookChange, Discrepancy, Proposal, Resolution, Round, RoundTranscript
from apps.agreement.queries import Wish
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.models import Rule, Tie


class NotSettled(Refusal):
    template = gettext_noop("There is no decision here to undo.")


class OwnDiscrepancy(Refusal):
    template = gettext_noop(
        "You have coded this transcript: settle it with the other coder, or leave it to somebody else."
    )


class TiedToThem(Refusal):
    template = gettext_noop(
        "A tie on the register keeps you from deciding on this transcript: leave it to somebody else."
    )


class DecidedByOthers(Refusal):
    template = gettext_noop("%(person)s decided this; only somebody who may decide can undo it.")


def settle(
    *, discrepancy: Discrepancy, by: User, now: datetime, bulk: UUID | None = None, **wish: Unpack[Wish]
) -> Resolution:
    """Decides one discrepancy. Of two people who decide at once one wins, and the other is told who."""
    with decisions_on(_round_of(discrepancy), by=by) as round:
        tie = _must_be_free(discrepancy.round_transcript, by)
        must_be_open(discrepancy, round, by=by)
        passages = checked(discrepancy, wish, round)
        known = f"{tie.get_kind_display()} {tie.to}" if tie else ""
        return decide(discrepancy, wish, passages, round=round, by=by, now=now, bulk=bulk, tie=known)


def undo(*, discrepancy: Discrepancy, by: User, now: datetime) -> Resolution:
    """Opens a settled discrepancy again, for all pairs it was settled for; what is undone stays on record."""
    with decisions_on(_round_of(discrepancy), by=by) as round:
        standing = Resolution.objects.filter(discrepancy=discrepancy, undone_at=None).first()
        if standing is None:
            raise NotSettled
        _must_be_undoable(standing, discrepancy, round, by)
        main = standing.settled_with or standing
        together = Resolution.objects.filter(undone_at=None)
        for each in [*together.filter(id=main.id), *together.filter(settled_with=main)]:
            _undo(each, round, by=by, now=now)
        standing.refresh_from_db()
        return standing


def undo_bulk(*, round: Round, bulk: UUID, by: User, now: datetime) -> int:
    """Undoes all that was decided, or proposed, by one press of a button; says how many that were."""
    with decisions_on(round.id, by=by) as locked:
        together = Resolution.objects.filter(
            bulk=bulk, undone_at=None, discrepancy__round_transcript__round=locked
        ).select_related("discrepancy__first_assignment", "discrepancy__second_assignment")
        count = 0
        for each in together:
            _must_be_undoable(each, each.discrepancy, locked, by)
            _undo(each, locked, by=by, now=now)
            count += 1
        mine = Proposal.objects.filter(bulk=bulk, proposed_by=by, withdrawn_at=None)
        return count + _withdraw_all(mine, locked, by=by, now=now)


def _must_be_free(member: RoundTranscript, by: User) -> Tie | None:
    """Refuses who coded the transcript, or whom a tie blocks; else returns the tie that warns."""
    if queries.has_coded(round_transcript=member, user=by):
        raise OwnDiscrepancy
    tie = queries.tie_in_deciding(round_transcript=member, user=by)
    if tie is not None and tie.decide == Rule.BLOCK:
        raise TiedToThem
    return tie


def _withdraw_all(proposals: QuerySet[Proposal], round: Round, *, by: User, now: datetime) -> int:
    """Takes proposals back; that of a sealed one is written down nowhere, as with the proposal itself."""
    withdrawn = list(proposals.select_related("discrepancy__round_transcript__transcript_version"))
    for each in withdrawn:
        each.withdrawn_at = now
        each.save(update_fields=["withdrawn_at"])
        if each.opened_at:
            record_on("withdrawn", each.discrepancy, round, by=by, now=now)
    return len(withdrawn)


def _must_be_undoable(standing: Resolution, discrepancy: Discrepancy, round: Round, by: User) -> None:
    """The pair may undo what it agreed on itself; the rest only who may decide, and is not of the pair."""
    is_of_pair = by.id in pair(discrepancy)
    if is_of_pair and standing.confirmed_by_id is not None:
        return
    if is_of_pair and standing.decided_by_id == by.id and standing.settled_with_id is not None:
        return
    may = queries.may_decide(round_transcript=discrepancy.round_transcript, user=by)
    if not may or not is_decider(by, round):
        raise DecidedByOthers(person=standing.decided_by.name)


def _undo(standing: Resolution, round: Round, *, by: User, now: datetime) -> None:
    standing.undone_at, standing.undone_by = now, by
    standing.save(update_fields=["undone_at", "undone_by"])
    CodebookChange.objects.filter(resolution=standing).update(withdrawn_at=now)
    if standing.confirmed_by_id is not None:
        # Else the first new proposal would settle it again with what the other said before.
        opened = Proposal.objects.filter(
            discrepancy=standing.discrepancy_id, withdrawn_at=None, opened_at__isnull=False
        )
        opened.update(withdrawn_at=now)
    record_on("undone", standing.discrepancy, round, by=by, now=now, outcome=standing.outcome)


def _round_of(discrepancy: Discrepancy) -> UUID:
    return discrepancy.round_transcript.round_id
