"""A list is taken back as a whole; a long one by a worker, whom one can follow."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.core.refusal import Refused
from apps.exports import actions
from apps.exports.models import Import
from apps.exports.queries.under_way import UNDO_RUN, run_of, undoing_state
from apps.jobs.models import Run
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.refusals import in_words
from apps.web.views.exports import PEOPLE, STEPS, Way, written_lists


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def people_undo(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Takes a list of people back as a whole."""
    return _undo(request, PEOPLE, import_id)


@requires(Permission.PARTICIPANTS_EDIT)
def people_undoing(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """How far a worker is with taking it back."""
    return _undoing(request, PEOPLE, import_id)


@requires(Permission.RECRUITMENT_RECORD)
@require_POST
def steps_undo(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Takes a list of steps back as a whole."""
    return _undo(request, STEPS, import_id)


@requires(Permission.RECRUITMENT_RECORD)
def steps_undoing(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """How far a worker is with taking it back."""
    return _undoing(request, STEPS, import_id)


def _undo(request: StudyRequest, way: Way, import_id: UUID) -> HttpResponse:
    written = get_object_or_404(written_lists(request, way).select_related("study"), id=import_id)
    try:
        if actions.is_long_undo(written):
            actions.request_undo(written=written, by=request.user, now=timezone.now())
            return redirect(f"{way.name}_undoing", request.study.id, import_id)
        actions.undo(written=written, by=request.user, now=timezone.now())
        messages.success(request, gettext("The list was taken back."))
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect(f"{way.name}_import", request.study.id)


def _undoing(request: StudyRequest, way: Way, import_id: UUID) -> HttpResponse:
    """Goes on by itself when the list is taken back, refused or given up."""
    light = written_lists(request, way).select_related("study").defer("before")
    written = get_object_or_404(light, id=import_id)
    run = run_of(written, UNDO_RUN)
    if run is None or run.is_over:
        _say_undone(request, written, run)
        page = reverse(f"{way.name}_import", args=[request.study.id])
        return HttpResponseClientRedirect(page) if request.htmx else redirect(page)
    facts = {
        "started": written,
        "run": run,
        "percent": round(100 * run.done_share),
        "way": way,
        "is_undo": True,
    }
    page = "exports/_progress.html" if request.htmx else "exports/import_progress.html"
    return render(request, page, facts)


def _say_undone(request: StudyRequest, written: Import, run: Run | None) -> None:
    state = undoing_state(written)
    if state == "done":
        messages.success(request, gettext("The list was taken back."))
    elif state == "refused" and run:
        messages.error(request, run.failure)
    elif state == "failed":
        messages.error(
            request,
            gettext(
                "The list could not be taken back, and nothing of it was. Try again; if it fails again, tell "
                "whoever keeps this server."
            ),
        )
