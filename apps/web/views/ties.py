"""The register of who of the team knows which site, group or person."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.refusal import Refused
from apps.participants import actions, queries
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.ties import RulesForm, TieForm
from apps.web.refusals import put_on_form


@requires(Permission.PARTICIPANTS_EDIT)
def ties(request: StudyRequest) -> HttpResponse:
    """All ties, by member, for assignments and for the reflexivity statement."""
    return render(request, "participants/tie_list.html", {"ties": queries.ties(study=request.study)})


@requires(Permission.PARTICIPANTS_EDIT)
def tie_add(request: StudyRequest) -> HttpResponse:
    """Puts a tie on the register."""
    form = TieForm(request.POST or None, study=request.study)
    if request.method == "POST" and form.is_valid():
        about: dict[str, Any] = {name: form.cleaned_data[name] for name in ("member", "to", "kind", "note")}
        try:
            actions.record_tie(study=request.study, **about | form.rules, by=request.user, now=timezone.now())
            return redirect("ties", request.study.id)
        except Refused as refused:
            put_on_form(form, refused)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "participants/tie_edit.html", {"form": form}, status=status)


@requires(Permission.PARTICIPANTS_EDIT)
def tie(request: StudyRequest, tie_id: UUID) -> HttpResponse:
    """Says anew what a tie is and what it does."""
    found = get_object_or_404(request.study.ties.select_related("member"), id=tie_id)
    initial = {name: getattr(found, name) for name in RulesForm.base_fields}
    form = RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        actions.change_tie(tie=found, note=note, rules=form.rules, by=request.user, now=timezone.now())
        return redirect("ties", request.study.id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "participants/tie_edit.html", {"form": form, "tie": found}, status=status)


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def tie_remove(request: StudyRequest, tie_id: UUID) -> HttpResponse:
    """Takes a tie off the register."""
    found = get_object_or_404(request.study.ties, id=tie_id)
    actions.remove_tie(tie=found, by=request.user, now=timezone.now())
    messages.success(request, _("The tie is off the register."))
    return redirect("ties", request.study.id)
