"""A list comes in by four steps: the file, its columns, the check, and then all of it or nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.core.refusal import Refused
from apps.core.tables import Table
from apps.core.uploads import too_large
from apps.exports import actions
from apps.exports.actions.imports import stem_of
from apps.exports.engine.columns import Columns
from apps.exports.engine.problems import Problem
from apps.exports.models import Import
from apps.exports.queries.codes import codes_plan
from apps.exports.queries.people import people_plan
from apps.exports.queries.steps import steps_plan
from apps.exports.queries.under_way import is_under_way, lists_under_way, run_of, undos_under_way
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.exports import (
    CodeColumnsForm,
    ColumnsForm,
    PeopleColumnsForm,
    PeopleUploadForm,
    SheetForm,
    StepColumnsForm,
    UploadForm,
)
from apps.web.refusals import in_words, put_on_form
from apps.web.views.written import after_writing, say_written

ROWS_SHOWN = 500
PROBLEMS_SHOWN = 200


@dataclass(frozen=True)
class Way:
    """What differs between lists of people, of codes and of steps; pages are named `<name>_<step>`."""

    kind: Import.Kind
    name: str
    title: Any
    home: str
    home_title: Any
    columns_form: type[ColumnsForm]
    upload_form: type[UploadForm]
    write: Callable[..., Import]


PEOPLE = Way(
    Import.Kind.PARTICIPANTS,
    "people",
    gettext_lazy("Import people"),
    "participants",
    gettext_lazy("People"),
    PeopleColumnsForm,
    PeopleUploadForm,
    actions.write_people,
)
CODES = Way(
    Import.Kind.CODEBOOK,
    "codebook",
    gettext_lazy("Import codes"),
    "codebook",
    gettext_lazy("Codebook"),
    CodeColumnsForm,
    UploadForm,
    actions.write_codes,
)
STEPS = Way(
    Import.Kind.STEPS,
    "steps",
    gettext_lazy("Import steps"),
    "recruitment_day",
    gettext_lazy("Day list"),
    StepColumnsForm,
    UploadForm,
    actions.write_steps,
)


@requires(Permission.PARTICIPANTS_EDIT)
def people_import(request: StudyRequest) -> HttpResponse:
    """Takes a list of people."""
    return _import(request, PEOPLE)


@requires(Permission.PARTICIPANTS_EDIT)
def people_columns(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Asks what its columns stand for."""
    return _columns(request, PEOPLE, import_id)


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def people_sheet(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Takes another sheet or row of headings."""
    return _sheet(request, PEOPLE, import_id)


@requires(Permission.PARTICIPANTS_EDIT)
def people_check(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Shows what writing it would do."""
    started = unwritten_list(request, PEOPLE, import_id)
    plan = people_plan(started, today=timezone.localdate())
    new_groups = [(name, stem_of(name)) for name in plan.new_groups]
    return _check(request, PEOPLE, started, plan, new_groups=new_groups)


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def people_write(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Writes all of it or nothing."""
    return _write(request, PEOPLE, import_id)


@requires(Permission.PARTICIPANTS_EDIT)
def people_progress(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """How far a worker is with it."""
    return _progress(request, PEOPLE, import_id)


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def people_leave(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Throws the list away."""
    return _leave(request, PEOPLE, import_id)


@requires(Permission.RECRUITMENT_RECORD)
def steps_import(request: StudyRequest) -> HttpResponse:
    """Takes a list of recruitment steps."""
    return _import(request, STEPS)


@requires(Permission.RECRUITMENT_RECORD)
def steps_columns(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Asks what its columns stand for."""
    return _columns(request, STEPS, import_id)


@requires(Permission.RECRUITMENT_RECORD)
@require_POST
def steps_sheet(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Takes another sheet or row of headings."""
    return _sheet(request, STEPS, import_id)


@requires(Permission.RECRUITMENT_RECORD)
def steps_check(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Shows what writing it would do."""
    started = unwritten_list(request, STEPS, import_id)
    return _check(request, STEPS, started, steps_plan(started, now=timezone.now()))


@requires(Permission.RECRUITMENT_RECORD)
@require_POST
def steps_write(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Writes all of it or nothing."""
    return _write(request, STEPS, import_id)


@requires(Permission.RECRUITMENT_RECORD)
def steps_progress(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """How far a worker is with it."""
    return _progress(request, STEPS, import_id)


@requires(Permission.RECRUITMENT_RECORD)
@require_POST
def steps_leave(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Throws the list away."""
    return _leave(request, STEPS, import_id)


@requires(Permission.CODEBOOK_EDIT)
def codebook_import(request: StudyRequest) -> HttpResponse:
    """Takes a list of codes."""
    return _import(request, CODES)


@requires(Permission.CODEBOOK_EDIT)
def codebook_columns(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Asks what its columns stand for."""
    return _columns(request, CODES, import_id)


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def codebook_sheet(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Takes another sheet or row of headings."""
    return _sheet(request, CODES, import_id)


@requires(Permission.CODEBOOK_EDIT)
def codebook_check(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Shows what writing it would do."""
    started = unwritten_list(request, CODES, import_id)
    return _check(request, CODES, started, codes_plan(started))


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def codebook_write(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Writes all of it or nothing."""
    return _write(request, CODES, import_id)


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def codebook_leave(request: StudyRequest, import_id: UUID) -> HttpResponse:
    """Throws the list away."""
    return _leave(request, CODES, import_id)


def _import(request: StudyRequest, way: Way) -> HttpResponse:
    is_sent = request.method == "POST"
    files = request.FILES if is_sent else None
    refused_upload = next(iter(too_large(request.META)), "")
    form = way.upload_form(request.POST if is_sent else None, files, too_large=refused_upload)
    if is_sent and form.is_valid():
        try:
            started = actions.start(
                study=request.study,
                kind=way.kind,
                file_name=form.file_name,
                content=form.content,
                dictionary=form.sent_dictionary,
                by=request.user,
            )
            return redirect(f"{way.name}_columns", request.study.id, started.id)
        except Refused as refused:
            is_dictionary = refused.code == "no_dictionary"
            put_on_form(form, refused, **{refused.code: "dictionary" if is_dictionary else "file"})
    facts = {
        "form": form,
        "way": way,
        "home_url": reverse(way.home, args=[request.study.id]),
        "under_way": [
            (each, reverse(f"{way.name}_progress", args=[request.study.id, each.id]))
            for each in lists_under_way(request.study).filter(kind=way.kind, imported_by=request.user)
        ],
        "written": [] if way is CODES else list(_with_ways_back(request, way)),
    }
    return render(request, "exports/import_file.html", facts, status=_status(form))


def _columns(request: StudyRequest, way: Way, import_id: UUID, sheet: BaseForm | None = None) -> HttpResponse:
    started = unwritten_list(request, way, import_id)
    if is_under_way(started):
        return redirect(f"{way.name}_progress", request.study.id, import_id)
    table, said = Table.from_json(started.table), Columns.from_json(started.mapping)
    answer = request.POST if request.method == "POST" and sheet is None else None
    form = way.columns_form(answer, table=table, said=said, study=request.study)
    if answer is not None and form.is_valid():
        actions.say_columns(started=started, columns=form.columns)
        return redirect(f"{way.name}_check", request.study.id, import_id)
    facts = {
        "form": form,
        "sheet_form": sheet or SheetForm(table=table),
        "started": started,
        **_addresses(request, way, import_id),
        "table": table,
        "remarks": [gettext(remark.template) % remark.facts for remark in table.warnings],
        "way": way,
        "remembered_from": date.fromisoformat(said.remembered_from) if said.remembered_from else None,
    }
    status = _status(form) if sheet is None else _status(sheet)
    return render(request, "exports/import_columns.html", facts, status=status)


def _sheet(request: StudyRequest, way: Way, import_id: UUID) -> HttpResponse:
    started = unwritten_list(request, way, import_id)
    form = SheetForm(request.POST, table=Table.from_json(started.table))
    if form.is_valid():
        sheet, header_row = form.cleaned_data.get("sheet") or None, form.cleaned_data["header_row"]
        is_other_sheet = sheet is not None and sheet != started.table["sheet"]
        try:
            actions.choose_sheet(
                started=started, sheet=sheet, header_row=None if is_other_sheet else header_row
            )
            return redirect(f"{way.name}_columns", request.study.id, import_id)
        except Refused as refused:
            put_on_form(form, refused)
    return _columns(request, way, import_id, sheet=form)


def _check(request: StudyRequest, way: Way, started: Import, plan: Any, **more: Any) -> HttpResponse:
    if is_under_way(started):
        return redirect(f"{way.name}_progress", request.study.id, started.id)
    facts = {
        "started": started,
        **_addresses(request, way, started.id),
        "plan": plan,
        "way": way,
        "new": plan.count("new"),
        "changed": plan.count("changed"),
        "unchanged": plan.count("unchanged"),
        "refused": plan.count("refused"),
        "rows": [(row, [_words(problem) for problem in row.problems]) for row in plan.rows[:ROWS_SHOWN]],
        "problems": [(each, _words(each)) for each in plan.problems[:PROBLEMS_SHOWN]],
        "rows_not_shown": max(len(plan.rows) - ROWS_SHOWN, 0),
        "problems_not_shown": max(len(plan.problems) - PROBLEMS_SHOWN, 0),
        "rows_left_out": Columns.from_json(started.mapping).rows_left_out,
        **more,
    }
    return render(request, f"exports/import_check_{way.name}.html", facts)


def _write(request: StudyRequest, way: Way, import_id: UUID) -> HttpResponse:
    if request.study.imports.filter(id=import_id, imported_by=request.user, done_at__isnull=False).exists():
        # From another window, which still shows the check.
        messages.error(request, in_words(actions.AlreadyWritten()))
        return redirect(f"{way.name}_import", request.study.id)
    started = unwritten_list(request, way, import_id)
    if actions.is_long(started):
        actions.request_write(started=started, by=request.user, now=timezone.now())
        return redirect(f"{way.name}_progress", request.study.id, import_id)
    try:
        say_written(request, way.write(started=started, by=request.user, now=timezone.now()))
    except Refused as refused:
        messages.error(request, in_words(refused))
        return redirect(f"{way.name}_check", request.study.id, import_id)
    return redirect(way.home, request.study.id)


def _progress(request: StudyRequest, way: Way, import_id: UUID) -> HttpResponse:
    """How far a long list is; goes on by itself when it is written, refused or given up."""
    mine = request.study.imports.filter(kind=way.kind, imported_by=request.user)
    # Asked every second: without what is in the list.
    light = mine.select_related("study").defer("content", "table", "before")
    started = get_object_or_404(light, id=import_id)
    run = run_of(started)
    if run is None or run.is_over:
        page = after_writing(request, way.name, started)
        return HttpResponseClientRedirect(page) if request.htmx else redirect(page)
    facts = {"started": started, "run": run, "percent": round(100 * run.done_share), "way": way}
    page = "exports/_progress.html" if request.htmx else "exports/import_progress.html"
    return render(request, page, facts)


def _leave(request: StudyRequest, way: Way, import_id: UUID) -> HttpResponse:
    started = unwritten_list(request, way, import_id)
    if is_under_way(started):
        return redirect(f"{way.name}_progress", request.study.id, import_id)
    actions.leave(started=started)
    return redirect(way.home, request.study.id)


def _with_ways_back(request: StudyRequest, way: Way) -> Iterator[tuple[Import, str, str]]:
    """The newest lists that came in, where each is taken back, and where one follows a worker at that."""
    under_way = undos_under_way(request.study)
    for each in written_lists(request, way)[:20]:
        place = [request.study.id, each.id]
        undoing_url = reverse(f"{way.name}_undoing", args=place) if str(each.id) in under_way else ""
        yield each, reverse(f"{way.name}_undo", args=place), undoing_url


def written_lists(request: StudyRequest, way: Way) -> QuerySet[Import]:
    """Lists that came in, newest first; somebody who only recruits sees their own, not those of all sites."""
    found = request.study.imports.filter(kind=way.kind, done_at__isnull=False)
    if request.membership.is_bound_to_site:
        found = found.filter(imported_by=request.user)
    return found.select_related("imported_by", "undone_by").order_by("-done_at")


def _addresses(request: StudyRequest, way: Way, import_id: UUID) -> dict[str, Any]:
    """Where the steps of this list are, and where one comes from."""
    steps = ("columns", "sheet", "write", "leave", *(["rows"] if way is not CODES else []))
    of_list = {step: reverse(f"{way.name}_{step}", args=[request.study.id, import_id]) for step in steps}
    study = [request.study.id]
    return {
        "urls": of_list,
        "home_url": reverse(way.home, args=study),
        "file_url": reverse(f"{way.name}_import", args=study),
    }


def unwritten_list(request: StudyRequest, way: Way, import_id: UUID) -> Import:
    """Only the person who began it goes on with it: a list may hold more than is taken in."""
    mine = request.study.imports.filter(kind=way.kind, imported_by=request.user, done_at=None)
    return get_object_or_404(mine.select_related("study"), id=import_id)


def _words(problem: Problem) -> str:
    return gettext(problem.template) % problem.facts


def _status(form: BaseForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
