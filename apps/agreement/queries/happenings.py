"""What happened to a round, in words, from the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from apps.agreement.models import Round, RoundAssignment
from apps.audit.models import AuditEvent

OF_A_ROUND: Mapping[str, str] = {
    "planned": noop("The round was planned."),
    "plan changed": noop("The plan was changed."),
    "opened": noop("It was opened with seed %(seed)s, and the first transcripts were given out: %(drawn)s."),
    "drawn": noop("More transcripts were given out: %(drawn)s."),
    "draw ended": noop("The draw was ended with %(transcripts)s transcripts."),
    "draw taken up": noop("The draw was taken up again."),
    "coder replaced": noop("%(left)s left; the unfinished work was given to %(given)s."),
    "adjudicator replaced": noop("%(given)s became its adjudicator in place of %(before)s."),
    "transcript withdrawn": noop("%(transcript)s was taken out: %(reason)s"),
    "unblinded": noop("%(transcript)s was unblinded and is not counted as independent: %(reason)s"),
    "ruling given": noop("A ruling on %(code)s was given to all coders."),
    "released": noop("The round was released, and its codings frozen."),
    "conferred": noop("What the coders left open was left to the adjudicator."),
    "conferring again": noop("Conferring was taken up again."),
    "meeting begun": noop("A meeting began."),
    "meeting ended": noop("A meeting ended; present: %(present)s; settled: %(settled)s."),
    "opened again": noop(
        "%(transcript)s was opened again for %(coder)s: a new pass, not independent and not counted: %(why)s"
    ),
    "voided": noop("The round was voided and counts nowhere: %(reason)s"),
    "closed": noop("The round was closed; %(left_open)s of %(discrepancies)s discrepancies were left open."),
}
# Until the release these would say more of blind work than assigned, started and submitted.
AFTER_RELEASE: Mapping[str, str] = {
    "held": noop("All had submitted, and the hold of %(minutes)s minutes began."),
    "submitted": noop("%(transcript)s was submitted."),
    "taken back": noop("The submission of %(transcript)s was taken back."),
    "set aside": noop("The work of %(coder)s on %(transcript)s was set aside."),
}

OF_A_BATCH: Mapping[str, str] = {
    "held": noop("All of %(batch)s was submitted, and the hold of %(minutes)s minutes began."),
    "released": noop("%(batch)s was released, and its codings frozen."),
}


@dataclass(frozen=True)
class Happening:
    """One line of the round's history; `person` is empty where nobody did it but time.

    `ties` are those of coders and adjudicator to the people whose interviews were drawn.
    """

    at: datetime
    verb: str
    person: str
    words: str
    ties: tuple[str, ...] = ()


def happenings(*, round: Round, with_ties: bool) -> list[Happening]:
    """Everything in order. Of blind work nothing is told until the release, not even a take-back.

    A tie may name a site, which not everybody may know.
    """
    shown = Q(noun="round", object_id=round.id, verb__in=OF_A_ROUND)
    released = round.batches.released()
    if released:
        work = RoundAssignment.objects.filter(round_transcript__batch__in=released).values("assignment")
        of_them = Q(detail__batch__in=[batch.name for batch in released]) | ~Q(detail__has_key="batch")
        shown |= Q(of_them, noun="round", object_id=round.id, verb__in=AFTER_RELEASE)
        shown |= Q(noun="coding assignment", object_id__in=work, verb__in=AFTER_RELEASE)
    events = AuditEvent.objects.filter(shown, study_id=round.study_id).order_by("occurred_at", "created_at")
    reasons = _reasons(round)
    return [
        Happening(
            event.occurred_at,
            event.verb,
            event.actor_name,
            _in_words(event, reasons),
            tuple(event.detail.get("remarks", ())) if with_ties else (),
        )
        for event in events
    ]


def _reasons(round: Round) -> dict[tuple[str, str], str]:
    """Why each transcript was taken out or unblinded: the trail itself holds no written reason."""
    found = {("voided", str(round)): round.voided_reason}
    out = round.transcripts.exclude(withdrawn_reason="", unblinded_reason="")
    out = out.select_related("transcript_version__transcript__interview__participant")
    for member in out.defer("transcript_version__text"):
        name = str(member.transcript_version.transcript)
        found["transcript withdrawn", name] = member.withdrawn_reason
        found["unblinded", name] = member.unblinded_reason
    return found


def _in_words(event: AuditEvent, reasons: Mapping[tuple[str, str], str]) -> str:
    named = OF_A_BATCH if "batch" in event.detail else {}
    template = {**OF_A_ROUND, **AFTER_RELEASE, **named}[event.verb]
    told: dict[str, Any] = {"transcript": event.object_name, "coder": event.actor_name, **event.detail}
    told["reason"] = reasons.get((event.verb, told["transcript"]), "")
    for name, value in told.items():
        if isinstance(value, (list, dict)):
            told[name] = get_text_list([str(each) for each in value], _("and")) or _("nobody")
    return _(template) % _Known(told)


class _Known(dict[str, Any]):
    """An event from before something was written down says so with a dash."""

    def __missing__(self, name: str) -> str:
        return "–"
