"""The pair confers apart, and leaves to the adjudicator what it cannot settle."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.agreement import actions, queries
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.refusals import in_words
from apps.web.views.discrepancies import act, choose, place_of, round_of


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def propose(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """Says what one would decide; equal proposals settle."""
    return choose(place_of(request, round_id, discrepancy_id), actions.propose)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def proposal_withdraw(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """Takes one's proposal back."""
    return act(place_of(request, round_id, discrepancy_id), actions.withdraw)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def escalate(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """Leaves it to the adjudicator."""
    return act(place_of(request, round_id, discrepancy_id), actions.escalate)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def take_up(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """Takes it back from the adjudicator."""
    return act(place_of(request, round_id, discrepancy_id), actions.take_up)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def conferring_end(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Hands all that is open to the adjudicator."""
    return _move(request, round_id, actions.end_conferring, _("What is open waits for the adjudicator now."))


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def conferring_again(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Lets the pairs go on conferring."""
    return _move(request, round_id, actions.confer_again, _("The coders confer again."))


def _move(request: StudyRequest, round_id: UUID, action: Any, sentence: str) -> HttpResponse:
    try:
        action(round=round_of(request, round_id), by=request.user, now=timezone.now())
        messages.success(request, sentence)
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("round", request.study.id, round_id)


@requires(Permission.DISCREPANCIES_SETTLE)
def adjudication(request: StudyRequest) -> HttpResponse:
    """What conferring has left open, over all rounds."""
    everything = request.GET.get("whose") == "all"
    queue = queries.queue(study=request.study, reader=request.user, is_for_all=everything)
    return render(request, "agreement/adjudication.html", {"queue": queue, "is_for_all": everything})
