"""The interviews of a person."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.core.refusal import Refused
from apps.participants import actions
from apps.participants.models import Interview, Participant
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.guides import NotedForm
from apps.web.forms.participants import InterviewForm
from apps.web.refusals import in_words, put_on_form

_FIELDS = {
    "NoDate": "held_on",
    "HeldInTheFuture": "held_on",
    "MinutesNotHeld": "minutes",
    "TwoInterviewers": "interviewer_name",
}


@requires(Permission.PARTICIPANTS_EDIT)
def interview_add(request: StudyRequest, participant_id: UUID) -> HttpResponse:
    """Books an interview, or records one that was held."""
    person = get_object_or_404(Participant.objects.visible_to(request.membership), id=participant_id)
    form = InterviewForm(request.POST or None, study=request.study)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_interview(
                participant=person, **form.cleaned_data, by=request.user, now=timezone.now()
            )
            return redirect("participant", request.study.id, person.id)
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    facts = {"form": form, "participant": person}
    return render(request, "participants/interview_edit.html", facts, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
def interview(request: StudyRequest, interview_id: UUID) -> HttpResponse:
    """Changes what is written of an interview."""
    stored = get_object_or_404(_interviews(request), id=interview_id)
    form = InterviewForm(request.POST or None, instance=stored, study=request.study)
    if request.method == "POST" and form.is_valid():
        unchanged = _interviews(request).get(id=interview_id)
        try:
            actions.change_interview(
                interview=unchanged, **form.cleaned_data, by=request.user, now=timezone.now()
            )
            return redirect("participant", request.study.id, stored.participant_id)
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    facts = {"form": form, "participant": stored.participant, "interview": stored}
    return render(request, "participants/interview_edit.html", facts, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
def interview_note(request: StudyRequest, interview_id: UUID) -> HttpResponse:
    """How an interview was held: guide, place, recorder, notes, incidents."""
    stored = get_object_or_404(_interviews(request), id=interview_id)
    form = NotedForm(request.POST or None, instance=stored)
    if request.method == "POST" and form.is_valid():
        unchanged = _interviews(request).get(id=interview_id)
        try:
            actions.note_interview(interview=unchanged, noted=form.noted, by=request.user, now=timezone.now())
            return redirect("participant", request.study.id, stored.participant_id)
        except Refused as refused:
            put_on_form(form, refused, GuideOfAnotherGroup="topic_guide", ConsentForbids="recording_device")
    facts = {"form": form, "participant": stored.participant}
    return render(request, "participants/interview_note.html", facts, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def interview_remove(request: StudyRequest, interview_id: UUID) -> HttpResponse:
    """Removes an interview that was written down by mistake."""
    stored = get_object_or_404(_interviews(request), id=interview_id)
    try:
        actions.remove_interview(interview=stored, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("participant", request.study.id, stored.participant_id)


def _interviews(request: StudyRequest) -> QuerySet[Interview]:
    people = Participant.objects.visible_to(request.membership)
    return request.study.interviews.filter(participant__in=people).select_related("participant", "study")


def _status(form: BaseForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
