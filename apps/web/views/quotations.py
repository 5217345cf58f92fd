"""Words of a person that are to be quoted, and what they said who wished to see them first."""

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
from apps.participants.models import ConsentScope
from apps.participants.queries.consent import asks_about, consent_of, wish_to_check
from apps.studies.permissions import Permission
from apps.transcripts import actions, queries
from apps.transcripts.models import QuotationCheck, Transcript, TranscriptVersion
from apps.web.access import StudyRequest, requires
from apps.web.forms.quotations import CheckForm
from apps.web.forms.search import PassageForm
from apps.web.refusals import in_words, put_on_form

_FIELDS = {"CheckedInTheFuture": "happened_on", "OtherWordsMissing": "wording", "BeyondTheText": "words"}
QUOTING = (ConsentScope.QUOTATION, ConsentScope.QUOTATION_AFTER_CHECK)


@requires(Permission.TRANSCRIPTS_VIEW)
def quotations(request: StudyRequest, transcript_id: UUID) -> HttpResponse:
    """What the person was shown and said of it; the address may name a passage to begin with."""
    version, passage = _version(request, transcript_id), PassageForm(request.GET)
    place: dict[str, Any] = passage.cleaned_data if passage.is_valid() else {}
    return _page(request, version, CheckForm(None, version=version, **place))


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def quotation_record(request: StudyRequest, transcript_id: UUID) -> HttpResponse:
    """Writes down that words were shown, or what was answered."""
    version = _version(request, transcript_id)
    form = CheckForm(request.POST, version=version)
    if form.is_valid():
        try:
            given = form.cleaned_data
            actions.record_check(version=version, **given, by=request.user, now=timezone.now())
            messages.success(request, _("Recorded."))
            return redirect("quotations", request.study.id, transcript_id)
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    return _page(request, version, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def quotation_undo(request: StudyRequest, transcript_id: UUID, check_id: UUID) -> HttpResponse:
    """Takes back what was recorded last of a passage."""
    transcript = _version(request, transcript_id).transcript
    checks = QuotationCheck.objects.filter(version__transcript=transcript)
    check = get_object_or_404(checks.select_related("version__transcript"), id=check_id)
    try:
        actions.undo_check(check=check, by=request.user, now=timezone.now())
        messages.success(request, _("Undone."))
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("quotations", request.study.id, transcript_id)


def _version(request: StudyRequest, transcript_id: UUID) -> TranscriptVersion:
    seen = Transcript.objects.visible_to(request.membership)
    rows = TranscriptVersion.objects.newest().filter(transcript__in=seen)
    return get_object_or_404(
        rows.select_related("transcript__interview__participant__group"), transcript=transcript_id
    )


def _page(
    request: StudyRequest, version: TranscriptVersion, form: CheckForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    person = version.transcript.interview.participant
    standings = [consent_of([person], each)[person.id] for each in QUOTING if asks_about(request.study, each)]
    facts = {
        "transcript": version.transcript,
        "quotations": queries.quotations(version),
        "standings": standings,
        "sees_first": bool(wish_to_check(request.study, [person])),
        "form": form,
        "may_record": request.membership.may(Permission.PARTICIPANTS_EDIT),
        "may_see_person": request.membership.may(Permission.PARTICIPANTS_VIEW),
    }
    return render(request, "transcripts/quotations.html", facts, status=status)
