"""A coder goes over a released transcript once more: a new pass, which is not independent and not counted."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement.actions.interruptions import ReasonNeeded
from apps.agreement.actions.trail import record_round
from apps.agreement.models import Round, RoundTranscript
from apps.codebooks.queries import version_in_use
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices


class NotReleasedYet(Refusal):
    template = gettext_noop("%(round)s is not released: until then a coder takes a submission back.")


class NotTheirTranscript(Refusal):
    template = gettext_noop("%(person)s has not coded %(transcript)s in this round.")


@transaction.atomic
def reopen(*, member: RoundTranscript, coder: User, reason: str, by: User, now: datetime) -> CodingAssignment:
    """Gives a transcript of a released round to one of its coders anew, for primary coding.

    What was coded independently stays frozen and counted; the new pass is in no round.
    """
    round = Round.objects.select_related("study", "codebook_version").get(id=member.round_id)
    name = str(member.transcript_version.transcript)
    if member.batch.released_at is None:
        raise NotReleasedYet(round=str(member.batch))
    if not member.assignments.filter(assignment__coder=coder, assignment__voided_at=None).exists():
        raise NotTheirTranscript(person=coder.name, transcript=name)
    if not reason.strip():
        raise ReasonNeeded
    newest = member.transcript_version.transcript.versions.order_by("-number")[0]
    given = coding.assign(
        study=round.study,
        coder=coder,
        transcript_version=newest,
        codebook_version=version_in_use(round.study) or round.codebook_version,
        kind=CodingAssignment.Kind.PRIMARY,
        by=by,
        now=now,
    )
    record_round("opened again", round, by=by, now=now, transcript=name, coder=coder.name, why=reason.strip())
    told = gettext("%(transcript)s of %(round)s is yours to go over once more: a new pass, not counted.")
    told = told % {"transcript": name, "round": round}
    notices.tell(recipient=coder, study=round.study, kind="opened again", text=told, now=now)
    return given
