"""Decisions on discrepancies: made, and undone, until the round is closed."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.agreement.models import Discrepancy, Resolution, Round
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop


class NotOpenForDecisions(Refusal):
    template = gettext_noop("Decisions can be made and undone between the release and the close of a round.")


class AlreadySettled(Refusal):
    template = gettext_noop("%(person)s settled this already: %(outcome)s.")


class ReasonMissing(Refusal):
    template = gettext_noop("Say in a sentence why neither coding stands.")


class NoSuchSide(Refusal):
    template = gettext_noop("That coder has no coding here that could be taken.")


class NotSettled(Refusal):
    template = gettext_noop("There is no decision here to undo.")


@transaction.atomic
def settle(
    *,
    discrepancy: Discrepancy,
    outcome: Resolution.Outcome,
    by: User,
    now: datetime,
    cause: str = "",
    reason: str = "",
) -> Resolution:
    """Decides one discrepancy. Of two people who decide at once one wins, and the other is told who."""
    _locked_for_decisions(discrepancy)
    standing = Resolution.objects.filter(discrepancy=discrepancy, undone_at=None).first()
    if standing is not None:
        raise AlreadySettled(person=standing.decided_by.name, outcome=standing.get_outcome_display())
    if outcome == Resolution.Outcome.NEITHER and not reason.strip():
        raise ReasonMissing
    sides = {
        Resolution.Outcome.FIRST: discrepancy.first_codings,
        Resolution.Outcome.SECOND: discrepancy.second_codings,
    }
    if sides.get(outcome) == []:
        raise NoSuchSide
    resolution = Resolution.objects.create(
        discrepancy=discrepancy,
        outcome=outcome,
        cause=cause,
        reason=reason.strip(),
        decided_by=by,
        decided_at=now,
    )
    _record_decision("settled", resolution, by=by, now=now)
    return resolution


@transaction.atomic
def undo(*, discrepancy: Discrepancy, by: User, now: datetime) -> Resolution:
    """Opens a settled discrepancy again; the undone decision stays on record."""
    _locked_for_decisions(discrepancy)
    standing = Resolution.objects.filter(discrepancy=discrepancy, undone_at=None).first()
    if standing is None:
        raise NotSettled
    standing.undone_at, standing.undone_by = now, by
    standing.save(update_fields=["undone_at", "undone_by"])
    _record_decision("undone", standing, by=by, now=now)
    return standing


def _locked_for_decisions(discrepancy: Discrepancy) -> None:
    round = Round.objects.select_for_update().get(transcripts=discrepancy.round_transcript_id)
    if round.state not in {Round.State.CONFERRING, Round.State.ADJUDICATING}:
        raise NotOpenForDecisions


def _record_decision(verb: str, resolution: Resolution, *, by: User, now: datetime) -> None:
    discrepancy = resolution.discrepancy
    record(
        verb,
        "discrepancy",
        by=by,
        now=now,
        study_id=discrepancy.first_assignment.study_id,
        object_id=discrepancy.id,
        object_name=str(discrepancy.round_transcript.transcript_version.transcript),
        outcome=resolution.outcome,
        cause=resolution.cause,
        reason=resolution.reason,
    )
