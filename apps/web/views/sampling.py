"""The sampling board, the people of a cell, and what each cell should bring."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.refusal import Refused
from apps.participants import actions, queries
from apps.participants.engine.plots import plot
from apps.participants.queries.histories import History, histories
from apps.participants.queries.recruitment import last_events, reasons_used, recruitment
from apps.participants.queries.sampling import (
    Board,
    BoardCell,
    BoardRow,
    board,
    progress,
    sites_seen_by,
    standing_targets,
)
from apps.participants.queries.standings import placed
from apps.participants.queries.variation import CrossTable, cross_table, missing
from apps.studies.models import ParticipantGroup
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.recruitment import StepForm
from apps.web.forms.sampling import CrossForm, TargetForm
from apps.web.refusals import put_on_form

_REFUSED = {
    "NoReason": "reason",
    "RangeTurnedRound": "maximum",
    "SameCharacteristicTwice": "second_characteristic",
    "NoValueForTheCell": "value",
    "NotAskedInTheGroup": "characteristic",
}
PEOPLE_ON_A_PAGE = 100
KEYS = (
    ("← ↑ → ↓", _("another cell")),
    ("Enter", _("the people of the cell")),
    ("t", _("its target")),
    ("a", _("add a person")),
    ("r", _("open a recruitment round")),
)


@requires(Permission.PARTICIPANTS_VIEW)
def sampling(request: StudyRequest) -> HttpResponse:
    """Groups by sites with the shortfall first, who is missing in a group, and how people were found."""
    told = histories(request.membership)
    found = board(request.membership, told)
    cell = _chosen_cell(found, request.GET)
    may = {"may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT), "cell": cell}
    if request.htmx:
        return render(request, "participants/_board_cell.html", may)
    months = progress(request.membership)
    facts = {
        **may,
        **_variation(request, found, told),
        "board": found,
        "recruitment": recruitment(request.membership, told=told),
        "months": months,
        "plot": plot([month.held for month in months], [month.planned for month in months]),
        "keys": KEYS,
    }
    return render(request, "participants/sampling.html", facts)


@requires(Permission.PARTICIPANTS_VIEW)
def sampling_cell(request: StudyRequest, group_id: UUID) -> HttpResponse:
    """The people of a group, or of a group at one site, with their steps; steps of several at once."""
    group = get_object_or_404(request.study.groups, id=group_id)
    site = _site(request)
    where = {"group": group.id, "site": site.id if site else None}
    found = queries.people(request.membership, **where).prefetch_related(None)
    standing_of = {each.id: each.standing for each in placed(request.membership, found)}
    wanted = request.GET.getlist("standing")
    if wanted:
        found = found.filter(id__in=[key for key, at in standing_of.items() if at in wanted])
    page = Paginator(found, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
    last = last_events(page.object_list)
    facts = {
        "group": group,
        "site": site,
        "wanted": wanted,
        "page": page,
        "lines": [(each, standing_of[each.id], last.get(each.id)) for each in page],
        "form": StepForm(study=request.study),
        "reasons": reasons_used(request.membership),
        "may_record": request.membership.may(Permission.RECRUITMENT_RECORD),
        "may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT),
    }
    return render(request, "participants/sampling_cell.html", facts)


@requires(Permission.PARTICIPANTS_EDIT)
def sampling_target(request: StudyRequest) -> HttpResponse:
    """Sets the target of any cell, and lists what was set before."""
    begin = {name: request.GET.get(name, "") for name in TargetForm.base_fields}
    form = TargetForm(request.POST or None, initial=begin, study=request.study)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("minimum", "maximum", "reason")}
        try:
            made = actions.set_target(
                study=request.study, cell=form.cell, **given, by=request.user, now=timezone.now()
            )
            messages.success(request, _("The target was set.") if made else _("That was its target already."))
            return redirect("sampling", request.study.id)
        except Refused as refused:
            put_on_form(form, refused, **_REFUSED)
    facts = {
        "form": form,
        "standing": standing_targets(request.study),
        "history": request.study.targets.select_related(
            "group", "site", "characteristic", "second_characteristic", "set_by"
        )[:200],
    }
    has_errors = form.is_bound and form.errors
    status = HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
    return render(request, "participants/sampling_target.html", facts, status=status)


def _chosen_cell(found: Board, asked: QueryDict) -> BoardCell | None:
    """The cell of the address, else the one that lacks most."""
    cells = [cell for row in found.rows for cell in row.cells]
    chosen = [c for c in cells if c.group and c.site and _is(c, asked.get("cell", ""))]
    return chosen[0] if chosen else max(cells, key=lambda cell: cell.standings.to_find, default=None)


def _is(cell: BoardCell, key: str) -> bool:
    return bool(cell.group and cell.site) and key == f"{cell.group.id}.{cell.site.id}"  # type: ignore[union-attr]


def _variation(request: StudyRequest, found: Board, told: list[History]) -> dict[str, Any]:
    """Who is missing in the chosen group, and two characteristics against each other."""
    if not found.rows:
        return {}
    group = _chosen_group(found.rows, request.GET.get("group", ""))
    shown = missing(request.membership, group, told)
    asked = [each.characteristic for each in shown.variations]
    cross = CrossForm(request.GET if "first" in request.GET else None, asked=asked, study=request.study)
    table: CrossTable | None = None
    if cross.is_bound and cross.is_valid():
        table = cross_table(request.membership, group, **cross.cleaned_data)
    return {"missing_group": group, "missing": shown, "cross_form": cross, "cross": table}


def _chosen_group(rows: tuple[BoardRow, ...], key: str) -> ParticipantGroup:
    return next((row.group for row in rows if str(row.group.id) == key), rows[0].group)


def _site(request: StudyRequest) -> Any:
    """The site of the address, if any; one that the member may not see is not found."""
    key = request.GET.get("site", "")
    if not key:
        return None
    sites = sites_seen_by(request.membership)
    try:
        return get_object_or_404(sites, id=UUID(key))
    except ValueError:
        return get_object_or_404(sites.none())
