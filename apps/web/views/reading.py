"""A coder's own reading: the place where they stopped, and the transcript without the tools of coding."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.coding import actions, queries
from apps.coding.models import CodingAssignment, Memo
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.transcripts.models import TranscriptVersion
from apps.transcripts.queries import spoken
from apps.web.access import StudyRequest, requires
from apps.web.forms.coding import MemoForm, PlaceForm
from apps.web.refusals import in_words
from apps.web.views.assignments import own


@requires(Permission.CODING_CODE)
@require_POST
def assignment_place(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """Keeps where the coder is, as the coding page tells it every few seconds."""
    mine = CodingAssignment.objects.filter(study=request.study, coder=request.user)
    rows = mine.select_related("transcript_version").defer("transcript_version__text")
    assignment = get_object_or_404(rows, id=assignment_id)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    reading = actions.keep_place(
        assignment=assignment, **form.cleaned_data, by=request.user, now=timezone.now()
    )
    if reading is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    percent = queries.read_percent(reading, assignment.transcript_version.length)
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Read-Percent": str(percent)})


@requires(Permission.CODING_CODE)
def assignment_read(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """The transcript to get to know it, with the coder's summary beside it."""
    assignment = own(request, assignment_id)
    form = MemoForm(request.POST or None)
    problem = ""
    if request.method == "POST":
        try:
            if form.is_valid():
                actions.write_memo(assignment=assignment, **form.cleaned_data, by=request.user)
                messages.success(request, _("Your summary is saved."))
                return redirect("assignment_read", request.study.id, assignment.id)
            problem = _("This memo cannot be saved: it is too long or has no version.")
        except Refused as refused:
            problem = in_words(refused)
    version = TranscriptVersion.objects.get(id=assignment.transcript_version_id)
    before, after = queries.before_and_after(assignment, coder=request.user)
    facts = {
        "assignment": assignment,
        "version": version,
        "turns": spoken(version),
        "memo": Memo.objects.filter(assignment=assignment, coding=None).first(),
        "mine": request.POST.get("text", ""),
        "problem": problem,
        "before": before,
        "after": after,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "coding/assignment_read.html", facts, status=status)
