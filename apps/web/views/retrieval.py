"""Codings gathered: all of one code with their context, and the files made of them."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.codebooks.models import Code
from apps.coding import queries
from apps.core.refusal import Refused
from apps.exports import actions
from apps.exports.models import Export
from apps.participants.models import Participant
from apps.studies.permissions import Permission
from apps.transcripts.engine.quotations import Quotable
from apps.transcripts.models import Transcript
from apps.transcripts.queries import quoting
from apps.web.access import StudyRequest, requires
from apps.web.forms.retrieval import CodingsForm, FormatForm
from apps.web.refusals import in_words
from apps.web.views.downloads import as_file

ON_A_PAGE = 20
MOST_SHOWN = 50


@requires(Permission.CODINGS_VIEW)
def code_codings(request: StudyRequest, code_id: UUID) -> HttpResponse:
    """All codings of a code that the member may see; own blinded ones among them."""
    code = _code(request, code_id)
    form = _form(request, code)
    found = queries.codings_of(code, study=request.study, reader=request.user, **form.filters)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    facts = {
        "code": code,
        "form": form,
        "is_narrowed": bool(form.filters),
        "page": page,
        "passages": _with_quoting(request, queries.in_context(page, reader=request.user)),
        "formats": Export.Format.choices,
        "round_address": _round_address(request, code, form),
    }
    return render(request, "coding/code_codings.html", facts)


@requires(Permission.CODINGS_VIEW)
@require_POST
def code_export(request: StudyRequest, code_id: UUID) -> HttpResponse:
    """Asks for the codings of a code as a file, narrowed as in the address."""
    code, chosen = _code(request, code_id), FormatForm(request.POST)
    if not chosen.is_valid():
        messages.error(request, _("Choose Word or a spreadsheet."))
        return redirect("code_codings", request.study.id, code.id)
    actions.request_code(
        study=request.study,
        code=code,
        **chosen.cleaned_data,
        filters=_form(request, code).filters,
        by=request.user,
        now=timezone.now(),
    )
    return redirect("exports", request.study.id)


@requires(Permission.CODINGS_VIEW)
@require_POST
def transcript_export(request: StudyRequest, transcript_id: UUID) -> HttpResponse:
    """Asks for a transcript with its codings as a file."""
    rows = Transcript.objects.visible_to(request.membership).select_related("interview__participant", "study")
    transcript, chosen = get_object_or_404(rows, id=transcript_id), FormatForm(request.POST)
    try:
        if chosen.is_valid():
            wanted = chosen.cleaned_data
            actions.request_transcript(transcript=transcript, **wanted, by=request.user, now=timezone.now())
            return redirect("exports", request.study.id)
        messages.error(request, _("Choose Word or a spreadsheet."))
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("transcript", request.study.id, transcript.id)


@requires(Permission.CODINGS_VIEW)
def exports(request: StudyRequest) -> HttpResponse:
    """The files that the member has asked for, made or on their way; nobody else's."""
    mine = Export.objects.filter(study=request.study, requested_by=request.user)
    found = list(mine.select_related("run").defer("content")[:MOST_SHOWN])
    facts = {"exports": found, "is_waiting": any(not each.run.is_over for each in found)}
    part = "exports/_export_list.html" if request.htmx else "exports/export_list.html"
    return render(request, part, facts)


@requires(Permission.CODINGS_VIEW)
def export_download(request: StudyRequest, export_id: UUID) -> HttpResponse:
    """The file; the trail keeps that it left."""
    mine = Export.objects.filter(study=request.study, requested_by=request.user, made_at__isnull=False)
    export = get_object_or_404(mine.select_related("requested_by"), id=export_id)
    actions.note_fetched(export=export, now=timezone.now())
    return as_file(bytes(export.content), export.file_stem, export.format)


def _with_quoting(
    request: StudyRequest, passages: list[queries.InContext]
) -> list[tuple[queries.InContext, Quotable | None]]:
    """Each passage with whether it may be quoted, where the person is to see it first."""
    first = quoting(request.study, {_person(each) for each in passages})
    return [
        (each, first.of(_person(each).id, each.version.id, each.coding.start, each.around.words))
        for each in passages
    ]


def _person(passage: queries.InContext) -> Participant:
    person: Participant = passage.version.transcript.interview.participant
    return person


def _code(request: StudyRequest, code_id: UUID) -> Code:
    codes = Code.objects.filter(version__codebook__study=request.study).select_related("version__codebook")
    return get_object_or_404(codes, id=code_id)


def _round_address(request: StudyRequest, code: Code, form: CodingsForm) -> str:
    """Where a return to the field is opened from what these codings show; empty for those who open none."""
    if not request.membership.may(Permission.PARTICIPANTS_EDIT):
        return ""
    begin = {"origin": "finding", "title": code.name, "query": request.get_full_path()[:500]}
    if group := form.filters.get("group"):
        begin["group"] = str(group)
    return f"{reverse('recruitment_round_open', args=[request.study.id])}?{urlencode(begin)}"


def _form(request: StudyRequest, code: Code) -> CodingsForm:
    whole = queries.codings_of(code, study=request.study, reader=request.user)
    return CodingsForm(request.GET, study=request.study, coders=queries.coders_of(whole))
