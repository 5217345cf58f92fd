"""Returns to the field: opened from a gap, from saturation, or from a finding in coded data."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.refusal import Refused
from apps.participants import actions
from apps.participants.queries.recruitment import recruitment, round_result, rounds
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.sampling import CloseRoundForm, RoundForm
from apps.web.refusals import in_words, put_on_form

_REFUSED = {
    "NoReason": "rationale",
    "NoFinding": "finding",
    "SameCharacteristicTwice": "second_characteristic",
    "NotAskedInTheGroup": "characteristic",
}


@requires(Permission.PARTICIPANTS_VIEW)
def recruitment_rounds(request: StudyRequest) -> HttpResponse:
    """Every return to the field with the interviews that came of it."""
    facts = {
        "results": rounds(request.membership),
        "may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT),
    }
    return render(request, "participants/recruitment_round_list.html", facts)


@requires(Permission.PARTICIPANTS_EDIT)
def recruitment_round_open(request: StudyRequest) -> HttpResponse:
    """Opens a round; a cell of the board, or where a finding is seen, can be given in the address."""
    begin = {"opened_on": timezone.localdate(), **request.GET.dict()}
    form = RoundForm(request.POST or None, initial=begin, study=request.study)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_round(
                study=request.study, **form.cleaned_data, by=request.user, now=timezone.now()
            )
            return redirect("recruitment_round", request.study.id, made.id)
        except Refused as refused:
            put_on_form(form, refused, **_REFUSED)
    return render(request, "participants/recruitment_round_open.html", {"form": form}, status=_status(form))


@requires(Permission.PARTICIPANTS_VIEW)
def recruitment_round(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Why the study went back, for whom, and what came of it."""
    round = get_object_or_404(request.study.recruitment_rounds, id=round_id)
    facts = {
        "result": round_result(request.membership, round),
        "query_is_here": round.query.startswith(reverse("study_today", args=[request.study.id])),
        "recruitment": recruitment(request.membership, round=round),
        "close_form": CloseRoundForm(initial={"on": timezone.localdate()}),
        "may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT),
    }
    return render(request, "participants/recruitment_round.html", facts)


@requires(Permission.PARTICIPANTS_EDIT)
def recruitment_round_change(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Puts right what is said of a round."""
    round = get_object_or_404(request.study.recruitment_rounds, id=round_id)
    name = str(round)
    form = RoundForm(request.POST or None, instance=round, study=request.study)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_round(round=round, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("recruitment_round", request.study.id, round_id)
        except Refused as refused:
            put_on_form(form, refused, **_REFUSED)
    facts = {"form": form, "round": round, "name": name}
    return render(request, "participants/recruitment_round_open.html", facts, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def recruitment_round_close(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Ends a round, or takes its end back."""
    round = get_object_or_404(request.study.recruitment_rounds, id=round_id)
    form = CloseRoundForm(request.POST)
    try:
        if "reopen" in request.POST:
            actions.reopen_round(round=round, by=request.user, now=timezone.now())
        elif form.is_valid():
            actions.close_round(round=round, **form.cleaned_data, by=request.user, now=timezone.now())
        else:
            messages.error(request, _("Say on which day the round was closed."))
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("recruitment_round", request.study.id, round_id)


def _status(form: BaseForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
