from collections import defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.agreement.queries import correction_at_work
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.coding.queries import work_of_team
from apps.core.refusal import Refused
from apps.participants.queries.consent import wish_to_check
from apps.studies.permissions import Permission
from apps.transcripts import actions, queries
from apps.transcripts.models import Transcript, TranscriptVersion
from apps.web.access import StudyRequest, requires
from apps.web.forms.search import MOST_ASKED, PassageOfTextForm
from apps.web.forms.transcripts import FilterForm, MoveForm, ReadyForm
from apps.web.refusals import in_words, put_on_form

ON_A_PAGE = 100


@dataclass(frozen=True)
class Line:
    """A transcript in the list, with those of its assignments whose state the member may know."""

    version: TranscriptVersion
    work: list[CodingAssignment]

    @property
    def submitted(self) -> int:
        return sum(each.state == CodingAssignment.State.SUBMITTED for each in self.work)


@requires(Permission.TRANSCRIPTS_VIEW)
def transcripts(request: StudyRequest) -> HttpResponse:
    """The study's transcripts; on top what was uploaded and waits for somebody to say who speaks."""
    may_edit = request.membership.may(Permission.TRANSCRIPTS_EDIT)
    form = FilterForm(request.GET, study=request.study, has_states=may_edit)
    wanted = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    found = queries.newest_versions(request.membership, **wanted)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    facts = {
        "form": form,
        "is_narrowed": bool(wanted),
        "page": page,
        "lines": _lines(request, list(page)),
        "uploads": queries.waiting(request.study) if may_edit else [],
        "may_edit": may_edit,
        "may_assign": request.membership.may(Permission.CODING_ASSIGN),
    }
    return render(request, "transcripts/transcript_list.html", facts)


@requires(Permission.TRANSCRIPTS_VIEW)
def transcript(request: StudyRequest, transcript_id: UUID) -> HttpResponse:
    """The present text, turn by turn."""
    versions = TranscriptVersion.objects.newest().filter(transcript=_found(request, transcript_id))
    return _reading(request, versions.get())


@requires(Permission.TRANSCRIPTS_EDIT)
def transcript_version(request: StudyRequest, transcript_id: UUID, number: int) -> HttpResponse:
    """An earlier text; it may still name people, so only its keepers read it."""
    versions = TranscriptVersion.objects.filter(transcript=_found(request, transcript_id))
    return _reading(request, get_object_or_404(versions, number=number))


@requires(Permission.TRANSCRIPTS_EDIT)
@require_POST
def transcript_ready(request: StudyRequest, transcript_id: UUID) -> HttpResponse:
    """Declares a transcript fit to be coded."""
    transcript = _found(request, transcript_id)
    form = ReadyForm(request.POST)
    if not form.is_valid():
        version = TranscriptVersion.objects.newest().get(transcript=transcript)
        return _reading(request, version, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    actions.mark_ready(transcript=transcript, **form.cleaned_data, by=request.user, now=timezone.now())
    messages.success(request, _("%(transcript)s can be coded now.") % {"transcript": transcript})
    return redirect("transcript", request.study.id, transcript.id)


@requires(Permission.TRANSCRIPTS_EDIT)
@require_POST
def transcript_not_ready(request: StudyRequest, transcript_id: UUID) -> HttpResponse:
    """Takes that back, while nobody codes it."""
    transcript = _found(request, transcript_id)
    try:
        coding.withdraw_ready(transcript=transcript, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("transcript", request.study.id, transcript.id)


@requires(Permission.TRANSCRIPTS_EDIT)
def transcript_move(request: StudyRequest, transcript_id: UUID) -> HttpResponse:
    """Puts a transcript under another interview, while nobody codes it."""
    transcript = _found(request, transcript_id)
    form = MoveForm(request.POST or None, study=request.study)
    if request.method == "POST" and form.is_valid():
        try:
            coding.move(transcript=transcript, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("transcript", request.study.id, transcript.id)
        except Refused as refused:
            put_on_form(form, refused)
    facts = {"transcript": transcript, "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "transcripts/transcript_move.html", facts, status=status)


@requires(Permission.TRANSCRIPTS_EDIT)
@require_POST
def transcript_read_again(request: StudyRequest, transcript_id: UUID) -> HttpResponse:
    """Opens the original once more, to put its speakers right."""
    transcript = _found(request, transcript_id)
    try:
        upload = actions.read_again(transcript=transcript, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
        return redirect("transcript", request.study.id, transcript.id)
    return redirect("upload", request.study.id, upload.id)


@requires(Permission.TRANSCRIPTS_EDIT)
def transcript_original(request: StudyRequest, transcript_id: UUID, number: int) -> HttpResponse:
    """The file as it was received; the trail keeps who fetched it."""
    versions = TranscriptVersion.objects.filter(transcript=_found(request, transcript_id))
    version = get_object_or_404(versions.exclude(source_file=None), number=number)
    source = actions.fetch_original(version=version, by=request.user, now=timezone.now())
    response = HttpResponse(bytes(source.content), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, source.name) or "attachment"
    return response


def _found(request: StudyRequest, transcript_id: UUID) -> Transcript:
    rows = Transcript.objects.visible_to(request.membership)
    return get_object_or_404(rows.select_related("interview__participant__group"), id=transcript_id)


def _reading(
    request: StudyRequest, version: TranscriptVersion, form: ReadyForm | None = None, *, status: int = 200
) -> HttpResponse:
    may_edit = request.membership.may(Permission.TRANSCRIPTS_EDIT)
    transcript = _found(request, version.transcript_id)
    versions = transcript.versions.select_related("made_by", "source_file")
    facts = {
        "transcript": transcript,
        "version": version,
        "turns": _turns(request, version),
        "versions": versions.defer("text", "source_file__content") if may_edit else [],
        "is_newest": not transcript.versions.filter(number__gt=version.number).exists(),
        "work": _work(request, [version]).get(transcript.id, []),
        "form": form or ReadyForm(),
        "correction": correction_at_work(transcript) if may_edit else None,
        "sees_first": bool(wish_to_check(request.study, [transcript.interview.participant])),
        "may_edit": may_edit,
        "may_export": request.membership.may(Permission.CODINGS_VIEW),
    }
    return render(request, "transcripts/transcript.html", facts, status=status)


def _turns(request: StudyRequest, version: TranscriptVersion) -> list[queries.Spoken]:
    """The text, with what was looked for, or with the passage that the address names."""
    passage = PassageOfTextForm(request.GET)
    if passage.is_valid() and passage.cleaned_data["version"] in {None, version.id}:
        start, end = passage.cleaned_data["start"], passage.cleaned_data["end"]
        return queries.marked_between(version, start, end)
    asked = request.GET.get("find", "")[:MOST_ASKED]
    return queries.marked(version, asked) if asked else queries.spoken(version)


def _lines(request: StudyRequest, versions: list[TranscriptVersion]) -> list[Line]:
    work = _work(request, versions)
    return [Line(version, work.get(version.transcript_id, [])) for version in versions]


def _work(request: StudyRequest, versions: list[TranscriptVersion]) -> dict[UUID, list[CodingAssignment]]:
    """Assignments by transcript: all of them for those who give them, else only the person's own."""
    rows = work_of_team(study=request.study).filter(
        transcript_version__transcript__in=[version.transcript_id for version in versions]
    )
    if not request.membership.may(Permission.CODING_ASSIGN):
        rows = rows.filter(coder=request.user)
    work: dict[UUID, list[CodingAssignment]] = defaultdict(list)
    for assignment in rows:
        work[assignment.transcript_version.transcript_id].append(assignment)
    return work
