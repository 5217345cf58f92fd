"""A rolling draw ended before it has all that the plan wants, and taken up again."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.actions.holds import follow
from apps.agreement.actions.plans import DrawOver
from apps.agreement.actions.trail import record_round
from apps.agreement.models import Round
from apps.core.refusal import Refusal, gettext_noop


class DrawStays(Refusal):
    template = gettext_noop("The draw of %(round)s cannot be taken up again.")


@transaction.atomic
def end_draw(*, round: Round, by: User, now: datetime) -> Round:
    """Says that no more is drawn, though the plan wanted more; the round can then be released."""
    round = Round.objects.select_for_update().get(id=round.id)
    if round.drawn_at is not None or not round.is_being_coded:
        raise DrawOver
    round.drawn_at = now
    round.save(update_fields=["drawn_at"])
    record_round("draw ended", round, by=by, now=now, transcripts=round.transcripts.standing().count())
    follow(round, now=now)
    return round


@transaction.atomic
def take_up_draw(*, round: Round, by: User, now: datetime) -> Round:
    """Takes back that no more is drawn, until the release; a hold that began with it is off again."""
    round = Round.objects.select_for_update(of=("self",)).select_related("study").get(id=round.id)
    if not queries.was_ended_early(round=round):
        raise DrawStays(round=str(round))
    round.drawn_at = None
    round.save(update_fields=["drawn_at"])
    record_round("draw taken up", round, by=by, now=now)
    follow(round, now=now)
    return round
