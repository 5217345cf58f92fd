"""A clarification in mid-round, given to all coders together."""

from datetime import datetime

from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.actions.trail import record_round
from apps.agreement.models import Round, Ruling
from apps.codebooks.models import Code
from apps.coding.models import CodingAssignment
from apps.core.refusal import Refusal, gettext_noop
from apps.core.wakes import tell
from apps.notices import actions as notices


class RulingTooLate(Refusal):
    template = gettext_noop("%(round)s is not being coded: a clarification now belongs in the next version.")


class NotInTheCodebook(Refusal):
    template = gettext_noop("%(code)s is not in the codebook of %(round)s.")


class NothingRuled(Refusal):
    template = gettext_noop("Write down how the definition is to be read.")


@transaction.atomic
def give_ruling(*, round: Round, code: Code, text: str, by: User, now: datetime) -> Ruling:
    """Says how a definition is to be read, dated, to all coders of a round and its adjudicator."""
    round = (
        Round.objects.select_for_update(of=("self",)).select_related("study", "adjudicator").get(id=round.id)
    )
    if not round.is_being_coded:
        raise RulingTooLate(round=str(round))
    if code.version_id != round.codebook_version_id:
        raise NotInTheCodebook(code=code.label, round=str(round))
    if not text.strip():
        raise NothingRuled
    ruling = Ruling.objects.create(round=round, code=code, text=text.strip(), given_by=by, given_at=now)
    record_round("ruling given", round, by=by, now=now, code=code.label)
    told = gettext("A ruling on %(code)s: %(text)s") % {"code": code.label, "text": ruling.text}
    for person in {*queries.active_coders(round), round.adjudicator} - {by}:
        notices.tell(
            recipient=person,
            study=round.study,
            kind="ruling",
            text=Truncator(told).chars(300),
            about=round.id,
            now=now,
        )
    _wake(round)
    return ruling


def _wake(round: Round) -> None:
    """Whoever has one of its texts before them hears of it there, at once."""
    work = CodingAssignment.objects.filter(in_round__round_transcript__round=round, voided_at=None)
    for assignment in work.only("id"):
        tell(assignment.topic)
