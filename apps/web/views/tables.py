"""Tables 1 and 2 and the flow of people, live; they leave only after the disclosure check was signed."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.refusal import Refused
from apps.exports import actions as exports
from apps.exports.engine.writing import to_csv, to_docx, to_xlsx
from apps.exports.queries.tables import by_person_sheet, summary_sheet, table_sheets
from apps.participants import actions, queries
from apps.participants.engine.disclosure import HIGH, UNKNOWN
from apps.participants.queries.histories import histories
from apps.participants.queries.recruitment import recruitment
from apps.participants.queries.tables import TableOptions, default_options, paper_tables
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.tables import OptionsForm, PopulationsForm
from apps.web.refusals import in_words
from apps.web.views.downloads import as_file

ROWS_ON_A_PAGE = 75
KINDS = ("docx", "xlsx", "csv", "summary.csv")


@requires(Permission.PARTICIPANTS_EDIT)
def tables(request: StudyRequest) -> HttpResponse:
    """The tables as they stand, each row with how many people of the population fit it."""
    options, form = _options(request, request.GET)
    told = histories(request.membership)
    found = paper_tables(request.membership, options, told)
    rows = [(block.group, row, judged) for block in found.by_person for row, judged in block.rows]
    facts = {
        "tables": found,
        "page": Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
        "options": options,
        "form": form,
        "address": _address(options),
        "populations": PopulationsForm(parts=found.parts),
        "group_sizes": list(zip(found.groups, found.sizes, strict=True)),
        "at_risk": found.at(HIGH),
        "unknown": found.at(UNKNOWN),
        "flow": recruitment(request.membership, told=told),
        "releases": request.study.table_releases.select_related("released_by")[:20],
    }
    return render(request, "participants/tables.html", facts)


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def populations_state(request: StudyRequest) -> HttpResponse:
    """Takes down how large the populations are."""
    options, _form = _options(request, request.GET)
    found = paper_tables(request.membership, options)
    form = PopulationsForm(request.POST, parts=found.parts)
    if form.is_valid():
        actions.state_populations(study=request.study, sizes=form.sizes, by=request.user, now=timezone.now())
        messages.success(request, _("The sizes were written down."))
    else:
        messages.error(request, _("A size is a whole number from 1; nothing was written down."))
    return redirect(_back(request, options, "#check"))


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def tables_release(request: StudyRequest) -> HttpResponse:
    """Signs off that the tables may leave as they were shown."""
    options, _form = _options(request, request.GET)
    try:
        exports.release_tables(
            membership=request.membership,
            options=options,
            seen=request.POST.get("seen", ""),
            reason=request.POST.get("reason", "")[:10_000],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The tables are signed off and can be downloaded below."))
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect(_back(request, options, "#releases"))


@requires(Permission.PARTICIPANTS_EDIT)
def tables_download(request: StudyRequest, release_id: UUID, kind: str) -> HttpResponse:
    """Tables that were signed off, as long as they still say the same."""
    release = get_object_or_404(request.study.table_releases, id=release_id)
    if kind not in KINDS:
        raise Http404
    try:
        found = exports.released_tables(membership=request.membership, release=release)
    except Refused as refused:
        messages.error(request, in_words(refused))
        return redirect("tables", request.study.id)
    exports.note_download(
        study=request.study,
        what=f"tables ({kind})",
        by=request.user,
        now=timezone.now(),
        release=str(release.id),
    )
    if kind == "csv":
        return as_file(to_csv(by_person_sheet(found)), "table-1", "csv")
    if kind == "summary.csv":
        return as_file(to_csv(summary_sheet(found)), "table-2", "csv")
    sheets = table_sheets(found, recruitment(request.membership))
    return as_file(to_docx(sheets) if kind == "docx" else to_xlsx(sheets), "tables", kind)


@requires(Permission.PARTICIPANTS_EDIT)
def flow_download(request: StudyRequest) -> HttpResponse:
    """The flow of people from contact to interview as a drawing; counts of whole groups only."""
    drawing = render_to_string("participants/flow.svg", {"flow": recruitment(request.membership)})
    exports.note_download(
        study=request.study, what="recruitment flow (svg)", by=request.user, now=timezone.now()
    )
    return as_file(drawing.encode(), "recruitment-flow", "svg")


def _options(request: StudyRequest, asked: QueryDict) -> tuple[TableOptions, OptionsForm]:
    """What the address asks for; nothing asked means the study's default."""
    known = queries.characteristics(request.study)
    default = default_options(request.study)
    form = OptionsForm(asked if "shown" in asked else _initial(default), characteristics=known)
    return (form.options, form) if form.is_valid() else (default, form)


def _initial(options: TableOptions) -> dict[str, Any]:
    return {
        "columns": [str(key) for key in options.columns],
        "threshold": options.threshold,
    }


def _address(options: TableOptions) -> str:
    """The options as a query string, so that a page, a sign-off and a file speak of the same tables."""
    said: list[tuple[str, str]] = [("shown", "1"), ("threshold", str(options.threshold))]
    for name in ("columns", "banded", "told"):
        said += [(name, str(key)) for key in getattr(options, name)]
    return urlencode([*said, *([] if options.named else [("unnamed", "on")])])


def _back(request: StudyRequest, options: TableOptions, place: str) -> str:
    return f"{reverse('tables', args=[request.study.id])}?{_address(options)}{place}"
