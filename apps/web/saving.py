"""What all saves of the coding page have in common: whose work it is, and how they are answered."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment
from apps.core.refusal import Refused
from apps.web.access import StudyRequest
from apps.web.refusals import in_words

P = ParamSpec("P")
Saving = Callable[Concatenate[StudyRequest, CodingAssignment, P], HttpResponse]
Guarded = Callable[..., HttpResponse]


def saving(view: Saving[P]) -> Guarded:
    """A POST to one's own assignment; a refusal is answered with its sentence."""

    @wraps(view)
    def guarded(
        request: StudyRequest, assignment_id: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        assignment = actions.hold(study=request.study, coder=request.user, assignment=assignment_id)
        if assignment is None:
            raise Http404
        try:
            return fitting(request, assignment, view(request, assignment, *args, **kwargs))
        except Refused as why:
            return refused(request, assignment, in_words(why))

    return require_POST(guarded)


def fitting(request: StudyRequest, assignment: CodingAssignment, saved: HttpResponse) -> HttpResponse:
    """What was saved; a page that shows a text which was corrected meanwhile is told to open anew."""
    asked = request.POST if request.method == "POST" else request.GET
    drawn = asked.get("transcript_version")
    is_corrected = drawn not in (None, str(assignment.transcript_version_id))
    if is_corrected and saved.status_code in {HTTPStatus.OK, HTTPStatus.CONFLICT}:
        return HttpResponse(status=HTTPStatus.RESET_CONTENT)
    return saved


def coding_of(assignment: CodingAssignment, coding_id: UUID) -> Coding:
    """By its id, or by what the browser called it, which does not know the id before it is saved."""
    by_any = Q(id=coding_id) | Q(client_id=coding_id)
    coding: Coding = get_object_or_404(Coding.objects.filter(by_any, assignment=assignment))
    coding.assignment = assignment
    return coding


def partial(template: str, facts: dict[str, Any], *, status: int = HTTPStatus.OK) -> HttpResponse:
    """Without the request: the header's queries belong to whole pages, the CSRF token comes in a header."""
    return HttpResponse(render_to_string(template, facts), status=status)


def refused(request: StudyRequest, assignment: CodingAssignment, sentence: str) -> HttpResponse:
    """Why not: to the scripts as the sentence alone, else on the page."""
    if request.htmx:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    messages.error(request, sentence)
    return redirect(page_of(assignment))


def page_of(assignment: CodingAssignment, coding: Coding | None = None) -> str:
    """The address of the coding page, with a coding chosen."""
    page = reverse("assignment", args=[assignment.study_id, assignment.id])
    return f"{page}?coding={coding.id}" if coding else page
