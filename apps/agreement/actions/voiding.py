"""A round that cannot be what it was planned for is voided: said everywhere, counted nowhere."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement.actions.interruptions import ReasonNeeded
from apps.agreement.actions.meetings import end_meetings_of
from apps.agreement.actions.trail import record_round
from apps.agreement.models import Round
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices


class NotToBeVoided(Refusal):
    template = gettext_noop("%(round)s cannot be voided: it was not drawn yet, or it is over.")


@transaction.atomic
def void(*, round: Round, reason: str, by: User, now: datetime) -> Round:
    """Ends a round without a result, such as when a code had to change its scope while it was coded.

    Blind work is set aside and stays its coder's own, and its transcripts can be drawn again; what was
    released stays readable and frozen. Nothing of the round is counted, and no consensus is written.
    """
    rows = Round.objects.select_for_update(of=("self",)).select_related("study", "adjudicator")
    round = rows.get(id=round.id)
    if round.state in {Round.State.PLANNED, Round.State.CLOSED, Round.State.VOID}:
        raise NotToBeVoided(round=str(round))
    if not reason.strip():
        raise ReasonNeeded
    before = round.state
    round.state, round.voided_at, round.voided_by = Round.State.VOID, now, by
    round.voided_reason = reason.strip()
    round.save(update_fields=["state", "voided_at", "voided_by", "voided_reason"])
    end_meetings_of(round, by=by, now=now)
    round.transcripts.update(is_round_open=False)
    work = CodingAssignment.objects.filter(in_round__round_transcript__round=round, voided_at=None)
    told = gettext("%(round)s was voided: %(reason)s") % {"round": round, "reason": round.voided_reason}
    people = {round.adjudicator}
    for assignment in work.select_related("coder", "transcript_version__transcript__interview__participant"):
        people.add(assignment.coder)
        if assignment.released_at is None:
            coding.set_aside(assignment=assignment, by=by, now=now)
    record_round("voided", round, by=by, now=now, before=before)
    for person in sorted(people - {by}, key=lambda each: each.name):
        notices.tell(
            recipient=person, study=round.study, kind="round voided", text=told, about=round.id, now=now
        )
    return round
