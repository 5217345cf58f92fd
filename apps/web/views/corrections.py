"""Other words in a text that people may be coding: choose turns, write, look at what changes, confirm."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.agreement import actions
from apps.agreement.queries import correction_at_work, rounds_that_stay
from apps.coding import actions as coding
from apps.coding.models import Coding
from apps.coding.queries import preview_correction, to_decide
from apps.core.refusal import Refused
from apps.jobs import actions as jobs
from apps.studies.permissions import Permission
from apps.transcripts import queries
from apps.transcripts.models import Transcript, TranscriptVersion
from apps.web.access import StudyRequest, requires
from apps.web.forms.corrections import CorrectionForm
from apps.web.refusals import in_words, put_on_form
from apps.web.views.assignments import own


@requires(Permission.TRANSCRIPTS_EDIT)
def transcript_correct(request: StudyRequest, transcript_id: UUID) -> HttpResponse:
    """The turns to choose from, the chosen ones to write in, and what would change."""
    version = _newest(request, transcript_id)
    turns = queries.spoken(version)
    chosen = [turn for turn in turns if str(turn.number) in _asked(request).getlist("turn")]
    form = CorrectionForm(request.POST or None, turns=chosen, initial={"version": version.id})
    facts = {"version": version, "transcript": version.transcript, "turns": turns, "form": form}
    facts |= {"chosen": chosen, "rounds": rounds_that_stay(version)}
    if request.method == "POST" and form.is_valid():
        try:
            if "confirm" in request.POST:
                return _confirmed(request, form)
            facts["preview"] = preview_correction(version=version, words=form.words, viewer=request.user)
        except Refused as refused:
            put_on_form(form, refused)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "transcripts/transcript_correct.html", facts, status=status)


@requires(Permission.TRANSCRIPTS_EDIT)
@require_POST
def correction_retry(request: StudyRequest, transcript_id: UUID) -> HttpResponse:
    """Gives a correction that failed another chance."""
    transcript = _newest(request, transcript_id).transcript
    run = correction_at_work(transcript)
    try:
        if run is not None:
            jobs.retry(run=run)
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("transcript", request.study.id, transcript.id)


@requires(Permission.CODING_CODE)
def codings_lost(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """One's own codings whose words a correction took out."""
    assignment = own(request, assignment_id)
    facts = {"assignment": assignment, "codings": to_decide(assignment)}
    return render(request, "coding/codings_lost.html", facts)


@requires(Permission.CODING_CODE)
@require_POST
def coding_lost(request: StudyRequest, assignment_id: UUID, coding_id: UUID) -> HttpResponse:
    """Keeps such a coding at the sentence where its words stood, or lets it go."""
    assignment = own(request, assignment_id)
    lost = get_object_or_404(Coding.objects.to_decide().filter(assignment=assignment), id=coding_id)
    try:
        if "keep" in request.POST:
            coding.restore(coding=lost, by=request.user, now=timezone.now())
        else:
            coding.let_go(coding=lost, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("codings_lost", request.study.id, assignment.id)


def _confirmed(request: StudyRequest, form: CorrectionForm) -> HttpResponse:
    seen = TranscriptVersion.objects.filter(transcript__study=request.study)
    version = get_object_or_404(seen.select_related("transcript__study"), id=form.cleaned_data["version"])
    actions.correct_text(
        version=version,
        words=form.words,
        hides_somebody=form.cleaned_data["hides_somebody"],
        by=request.user,
        now=timezone.now(),
    )
    messages.success(request, _("The text is being corrected; in a moment this page shows it."))
    return redirect("transcript", request.study.id, version.transcript_id)


def _newest(request: StudyRequest, transcript_id: UUID) -> TranscriptVersion:
    visible = Transcript.objects.visible_to(request.membership).filter(id=transcript_id)
    versions = TranscriptVersion.objects.newest().filter(transcript__in=visible)
    return get_object_or_404(versions.select_related("transcript__interview__participant"))


def _asked(request: StudyRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET
