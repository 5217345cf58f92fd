from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.coding import actions as coding
from apps.coding.queries import work_of_team
from apps.core.refusal import Refused
from apps.core.uploads import too_large
from apps.participants.models import Interview, Participant
from apps.studies.permissions import Permission
from apps.transcripts import actions, queries
from apps.transcripts.engine.drafts import Draft, Role
from apps.transcripts.models import Transcript, Upload
from apps.web.access import StudyRequest, requires
from apps.web.forms.transcripts import PasteForm, SpeakersForm, TargetForm, UploadForm, suggested_target
from apps.web.refusals import in_words, put_on_form

LIMIT_MB = settings.UPLOAD_LIMIT // (1024 * 1024)


@dataclass(frozen=True)
class Outcome:
    """What became of one file: an upload, or the sentence that says why there is none."""

    name: str
    upload: Upload | None = None
    sentence: str = ""
    status: HTTPStatus = HTTPStatus.OK


@requires(Permission.TRANSCRIPTS_EDIT)
def upload_add(request: StudyRequest) -> HttpResponse:
    """Takes several files; each gets a line of its own that says what became of it."""
    if request.method != "POST":
        return _upload_page(request, UploadForm(), [])
    form = UploadForm(request.POST, request.FILES)
    outcomes = _received(request, form)
    if not outcomes:
        form.add_error("file", _("Choose at least one file."))
    if request.htmx:
        facts = {"outcomes": outcomes, "form": form}
        return render(request, "transcripts/_outcomes.html", facts, status=_worst(form, outcomes))
    if _worst(form, outcomes) == HTTPStatus.OK:
        return _after_upload(request, outcomes)
    return _upload_page(request, form, outcomes)


@requires(Permission.TRANSCRIPTS_EDIT)
def upload_paste(request: StudyRequest) -> HttpResponse:
    """Takes a text that was copied from elsewhere."""
    form = PasteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "name": form.cleaned_data["name"] or _("Pasted text")}
        try:
            upload = actions.receive_text(study=request.study, **given, by=request.user, now=timezone.now())
            return redirect("upload", request.study.id, upload.id)
        except Refused as refused:
            form.add_error("text", in_words(refused))
    return render(request, "transcripts/upload_paste.html", {"form": form}, status=_status(form))


@requires(Permission.TRANSCRIPTS_EDIT)
def upload(request: StudyRequest, upload_id: UUID) -> HttpResponse:
    """Who speaks, and in whose interview: then an upload becomes a transcript."""
    upload = get_object_or_404(_uploads(request), id=upload_id)
    draft = Draft.from_json(upload.draft)
    speakers, target = _speakers_form(request, draft), _target_form(request, upload)
    if request.method == "POST" and speakers.is_valid() and target.is_valid():
        try:
            transcript = _confirm(request, upload, speakers, target)
            messages.success(request, _("%(transcript)s is stored.") % {"transcript": transcript})
            return _after_confirming(request, transcript)
        except actions.Gone as gone:
            messages.error(request, in_words(gone))
            return redirect("transcripts", request.study.id)
        except Refused as refused:
            put_on_form(target, refused)
    facts = {
        "upload": upload,
        "draft": draft,
        "warnings": [in_words(warning) for warning in draft.warnings],
        "speakers": speakers,
        "target": target,
        "is_suggested": bool(target.initial.get("target")) and not target.is_bound,
        "unlabelled": queries.unlabelled(draft),
        **_preview(draft, speakers),
    }
    return render(request, "transcripts/upload.html", facts, status=_status(speakers, target))


@requires(Permission.TRANSCRIPTS_EDIT)
@require_POST
def upload_preview(request: StudyRequest, upload_id: UUID) -> HttpResponse:
    """The first turns as the chosen roles would make them."""
    draft = Draft.from_json(get_object_or_404(_uploads(request), id=upload_id).draft)
    return render(request, "transcripts/_preview.html", _preview(draft, _speakers_form(request, draft)))


@requires(Permission.TRANSCRIPTS_EDIT)
@require_POST
def upload_discard(request: StudyRequest, upload_id: UUID) -> HttpResponse:
    """Throws an upload away."""
    upload = get_object_or_404(queries.waiting(request.study), id=upload_id)
    name = upload.source_file.name
    try:
        actions.discard(upload=upload, by=request.user, now=timezone.now())
        messages.success(request, _("%(name)s was discarded.") % {"name": name})
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("transcripts", request.study.id)


def _upload_page(request: StudyRequest, form: UploadForm, outcomes: list[Outcome]) -> HttpResponse:
    facts = {"form": form, "outcomes": outcomes, "limit_mb": LIMIT_MB, "limit": settings.UPLOAD_LIMIT}
    return render(request, "transcripts/upload_add.html", facts, status=_worst(form, outcomes))


def _received(request: StudyRequest, form: UploadForm) -> list[Outcome]:
    form.full_clean()
    files: list[UploadedFile[Any]] = form.cleaned_data.get("file", [])
    alternate = form.cleaned_data.get("do_speakers_alternate", False)
    return [_too_large(name) for name in too_large(request.META)] + [
        _receive(request, file, alternate) for file in files
    ]


def _receive(request: StudyRequest, file: UploadedFile[Any], alternate: bool) -> Outcome:
    name = file.name or ""
    try:
        upload = actions.receive(
            study=request.study,
            name=name,
            data=file.read(),
            do_speakers_alternate=alternate,
            by=request.user,
            now=timezone.now(),
        )
        return Outcome(name, upload)
    except Refused as refused:
        return Outcome(name, sentence=in_words(refused), status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _too_large(name: str) -> Outcome:
    sentence = _("%(name)s is larger than %(limit)s MB, the most that can be taken.")
    words = sentence % {"name": name, "limit": LIMIT_MB}
    return Outcome(name, sentence=words, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _worst(form: BaseForm, outcomes: list[Outcome]) -> int:
    return max([_status(form), *(outcome.status for outcome in outcomes)])


def _after_upload(request: StudyRequest, outcomes: list[Outcome]) -> HttpResponse:
    only = outcomes[0].upload if len(outcomes) == 1 else None
    if only:
        return redirect("upload", request.study.id, only.id)
    count = len(outcomes)
    sentence = ngettext("%(count)d file was read.", "%(count)d files were read.", count)
    messages.success(request, sentence % {"count": count})
    return redirect("transcripts", request.study.id)


def _uploads(request: StudyRequest) -> QuerySet[Upload]:
    return (
        Upload.objects.filter(study=request.study).select_related("source_file").defer("source_file__content")
    )


def _speakers_form(request: StudyRequest, draft: Draft) -> SpeakersForm:
    return SpeakersForm(request.POST or None, draft=draft, unlabelled=queries.unlabelled(draft))


def _target_form(request: StudyRequest, upload: Upload) -> TargetForm:
    given = work_of_team(study=request.study).values_list("transcript_version__transcript", flat=True)
    targets = queries.targets(request.study, given=given)
    made_of_it = Transcript.objects.filter(versions__source_file=upload.source_file).first()
    suggested = suggested_target(
        targets, queries.suggested_person(upload), made_of_it.id if made_of_it else None
    )
    return TargetForm(request.POST or None, targets=targets, suggested=suggested)


def _confirm(request: StudyRequest, upload: Upload, speakers: SpeakersForm, target: TargetForm) -> Transcript:
    given = {
        "upload": upload,
        "roles": speakers.roles,
        "speakers": speakers.speakers,
        "is_excerpt": target.cleaned_data["is_excerpt"],
        "by": request.user,
        "now": timezone.now(),
    }
    match target.chosen:
        case Interview() as interview:
            return actions.confirm(interview=interview, **given)
        case Participant() as participant:
            held = {name: target.cleaned_data[name] for name in ("held_on", "mode")}
            return actions.confirm_for_person(participant=participant, **held, **given)
        case transcript:
            return coding.correct(transcript=transcript, **given).transcript


def _after_confirming(request: StudyRequest, transcript: Transcript) -> HttpResponse:
    """On to the next one that waits, or to the new transcript."""
    following = queries.waiting(request.study).first()
    if following:
        return redirect("upload", request.study.id, following.id)
    return redirect("transcript", request.study.id, transcript.id)


def _preview(draft: Draft, form: SpeakersForm) -> dict[str, object]:
    if form.is_bound and not form.is_valid():
        return {"preview": None, "problem": _("Choose a role for each label to see the turns.")}
    try:
        roles, speakers = (form.roles, form.speakers) if form.is_bound else (guessed(draft), {})
        return {"preview": queries.preview(draft, roles, speakers)}
    except Refused as refused:
        return {"preview": None, "problem": in_words(refused)}


def guessed(draft: Draft) -> actions.Roles:
    """The roles as the labels' own words suggest them."""
    roles: dict[str | None, Role] = {label.name: label.role for label in draft.labels}
    return {None: "other", **roles}


def _status(*forms: BaseForm) -> int:
    has_errors = any(form.is_bound and form.errors for form in forms)
    return HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
