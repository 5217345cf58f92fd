"""Another adjudicator for a round: theirs has left, or may not decide what the coders leave open."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement.actions.plans import check_adjudicator
from apps.agreement.actions.trail import record_round
from apps.agreement.models import Round
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices


class AdjudicatorStays(Refusal):
    template = gettext_noop("%(person)s stays the adjudicator of %(round)s.")


@transaction.atomic
def replace_adjudicator(*, round: Round, instead: User, by: User, now: datetime) -> Round:
    """From the draw until the close; what the one before has decided stays decided, by their name."""
    rounds = Round.objects.select_for_update(of=("self",)).select_related("study", "adjudicator")
    round = rounds.get(id=round.id)
    before = round.adjudicator
    if instead == before or round.state in {Round.State.PLANNED, Round.State.CLOSED, Round.State.VOID}:
        raise AdjudicatorStays(person=before.name, round=str(round))
    coders = [row.coder for row in round.coders.select_related("coder")]
    check_adjudicator(round.study, instead, coders)
    round.adjudicator = instead
    round.save(update_fields=["adjudicator"])
    record_round("adjudicator replaced", round, by=by, now=now, before=before.name, given=instead.name)
    told = gettext("%(round)s: you decide what its coders leave open, in place of %(before)s.")
    told = told % {"round": round, "before": before.name}
    notices.tell(recipient=instead, study=round.study, kind="left to adjudicator", text=told, now=now)
    return round
