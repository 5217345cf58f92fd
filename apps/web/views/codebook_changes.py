"""Proposals that came of discrepancies: what the codebook must change, and what became of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.agreement import actions, queries
from apps.agreement.models import CodebookChange
from apps.codebooks.queries import current_version
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.rounds import ReasonForm
from apps.web.refusals import in_words, put_on_form
from apps.web.views.rounds import status_of


@requires(Permission.DISCREPANCIES_VIEW)
def codebook_changes(request: StudyRequest) -> HttpResponse:
    """All proposals: those that wait first, then what was made of the others."""
    found = queries.codebook_changes(study=request.study, reader=request.user)
    newest = current_version(request.study)
    facts = {
        "waiting": [each for each in found if each.is_open],
        "ended": [each for each in reversed(found) if not each.is_open],
        "newest": newest,
        "may_edit": request.membership.may(Permission.CODEBOOK_EDIT),
        "has_draft": newest is not None and not newest.is_frozen,
    }
    return render(request, "codebooks/change_list.html", facts)


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def codebook_change_take_in(request: StudyRequest, change_id: UUID) -> HttpResponse:
    """The draft makes this change."""
    change, draft = _change(request, change_id), current_version(request.study)
    if draft is None:
        return redirect("codebook", request.study.id)
    sentence = _("Version %(number)s names this discrepancy now.") % {"number": draft.number}
    return _done(request, actions.take_in, sentence, version=draft, changes=[change])


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def codebook_change_put_back(request: StudyRequest, change_id: UUID) -> HttpResponse:
    """The proposal waits again."""
    return _done(request, actions.put_back, _("It waits again."), change=_change(request, change_id))


@requires(Permission.CODEBOOK_EDIT)
def codebook_change_decline(request: StudyRequest, change_id: UUID) -> HttpResponse:
    """Leaves the codebook as it is, with a reason."""
    change, form = _change(request, change_id), ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decline(change=change, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("codebook_changes", request.study.id)
        except Refused as refused:
            put_on_form(form, refused)
    facts = {"form": form, "change": change}
    return render(request, "codebooks/change_decline.html", facts, status=status_of(form))


def _change(request: StudyRequest, change_id: UUID) -> CodebookChange:
    return get_object_or_404(queries.changes_seen_by(study=request.study, reader=request.user), id=change_id)


def _done(request: StudyRequest, action: Any, sentence: str, **about: Any) -> HttpResponse:
    try:
        action(**about, by=request.user, now=timezone.now())
        messages.success(request, sentence)
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("codebook_changes", request.study.id)
