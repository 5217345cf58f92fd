"""The agreement report of a round, answered from what is stored."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import get_text_list, slugify
from django.utils.translation import gettext as _

from apps.agreement import queries
from apps.agreement.engine import LEVELS
from apps.agreement.models import AgreementRun, Round
from apps.exports.engine.dot_plot import to_png
from apps.exports.engine.writing import to_csv, to_docx, to_xlsx
from apps.exports.queries.agreement import (
    agreement_figure,
    agreement_json,
    agreement_sheets,
    narrowed_to,
    only_of,
)
from apps.jobs.models import Run
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms import report as asking


@requires(Permission.AGREEMENT_VIEW)
def report(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """The figures for what was chosen; while they are computed, how far that is and the last ones."""
    found = _round(request, round_id)
    work = newest_work(found)
    facts = {
        "round": found,
        "work": work,
        "is_at_work": work is not None and not work.is_over,
        "may_plan": request.membership.may(Permission.ROUNDS_PLAN),
        "may_see_round": request.membership.may(Permission.ROUNDS_VIEW),
    }
    if request.htmx:
        return _progress(request, facts)
    run = queries.latest_run(round=found)
    is_blind = queries.is_blind_again(round=found, user=request.user)
    if run is None or is_blind:
        return render(request, "agreement/report_waiting.html", {**facts, "is_blind_again": is_blind})
    return render(request, "agreement/report.html", {**facts, **_figures(request, found, run)})


@requires(Permission.AGREEMENT_VIEW)
def report_more(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """What stands below the figures; the report reads it as soon as they are shown."""
    found = _round(request, round_id)
    run = queries.latest_run(round=found)
    if run is None or queries.is_blind_again(round=found, user=request.user):
        raise Http404
    template = "agreement/_report_more.html" if request.htmx else "agreement/report_more.html"
    return render(request, template, {"round": found, **_more(request, found, run)})


def _round(request: StudyRequest, id: UUID) -> Round:
    return get_object_or_404(request.study.rounds.select_related("codebook_version__codebook"), id=id)


def _progress(request: StudyRequest, facts: dict[str, Any]) -> HttpResponse:
    """How far the worker is; once it is done the whole page is read again."""
    answer = render(request, "agreement/_computing.html", facts)
    if not facts["is_at_work"]:
        answer["HX-Refresh"] = "true"
    return answer


def _figures(request: StudyRequest, round: Round, run: AgreementRun) -> dict[str, Any]:
    table, parts = _answer(request, round, run)
    return {
        "report": table,
        "choice": table.choice,
        "parts": parts,
        "filters": asking.filters(choice=table.choice, parts=parts, run=run, codes=table.codes),
        "levels": _levels(round, table.choice),
        "tally": queries.tally(round=round),
        "to_come": queries.to_come(run=run),
        "taken_out_since": queries.taken_out_since(round=round),
        "coders": get_text_list([coder.name for coder in table.coders], _("and")),
        "has_coefficients": round.has_coefficients and table.choice.level != "transcript",
        "beside_name": asking.LEVELS.get(table.beside_level),
        **_ways(request, round, table.choice),
    }


def _more(request: StudyRequest, round: Round, run: AgreementRun) -> dict[str, Any]:
    table, parts = _answer(request, round, run)
    return {
        "report": table,
        "choice": table.choice,
        "part_groups": [(by, asking.PARTS[by], parts[by]) for by in asking.PARTS if by in parts],
        "rounds": queries.over_rounds(study=request.study, level=table.choice.level),
        "sentences": queries.sentences(table),
        "methods": queries.methods_sentences(table),
        **_tables(table),
        **_words(table),
        **_ways(request, round, table.choice),
        **_against(request, run, table.choice),
        **_behind_the_map(request, round, table),
    }


def _answer(
    request: StudyRequest, round: Round, run: AgreementRun
) -> tuple[queries.ReportTable, dict[str, list[queries.ScopeLine]]]:
    """The figures for what was chosen, and the parts that can be chosen."""
    run.round = round
    with_sites = queries.may_see_sites(membership=request.membership)
    choice = asking.choice_in(request.GET, run=run, with_sites=with_sites)
    parts = queries.breakdown(run=run, level=choice.level)
    if not with_sites:
        parts.pop("site", None)
    return queries.report(run=run, choice=choice), parts


def _against(request: StudyRequest, run: AgreementRun, choice: queries.Choice) -> dict[str, Any]:
    """The changes from another round of the study, where one was asked for."""
    asked = asking.as_id(request.GET.get("against", ""))
    other = None if asked is None else request.study.rounds.filter(id=asked).first()
    before = None if other is None else queries.latest_run(round=other)
    if other is None or before is None or queries.is_blind_again(round=other, user=request.user):
        return {}
    return {"against": other, "changes": queries.changes(run=run, before=before, level=choice.level)}


def _tables(table: queries.ReportTable) -> dict[str, Any]:
    own, beside = queries.coefficients(table)
    return {
        "heat": heat_of(table),
        "coefficients": [*own.items(), *beside.items()],
        "appendix": queries.appendix(table),
        "has_characters": bool(beside) or table.choice.level == "character",
        "influence_lines": queries.influence_lines(table),
        "left_out": queries.left_out(table),
        "unavailable": queries.unavailable(table),
    }


def _behind_the_map(request: StudyRequest, round: Round, table: queries.ReportTable) -> dict[str, str]:
    """The addresses of what the two of the map differ in and agree on, in the chosen transcripts."""
    heat = heat_of(table)
    if heat is None:
        return {}
    first, second = (coder.id for coder in heat.coders)
    of_pair = asking.in_address(table.choice, level="", speakers="", pair=f"{first} {second}")
    of_both = asking.in_address(table.choice, first=first, second=second)
    may, pages = request.membership.may, [request.study.id, round.id]
    differing = f"{reverse('discrepancies', args=pages)}?{of_pair}"
    agreed = f"{reverse('agreed', args=pages)}?{of_both}"
    return {
        "differing_address": differing if may(Permission.DISCREPANCIES_VIEW) else "",
        "agreed_address": agreed if may(Permission.CODINGS_VIEW) else "",
    }


def _words(table: queries.ReportTable) -> dict[str, Any]:
    compared = table.computed.confusions[0].level if table.computed.confusions else ""
    return {
        "heat_name": asking.LEVELS.get(compared),
        "units": [(level, asking.LEVELS[level], number) for level, number in table.computed.units.items()],
        "speakers_name": asking.SPEAKERS[table.choice.speakers],
    }


def _levels(round: Round, choice: queries.Choice) -> list[tuple[str, Any, str]]:
    """Each level that was planned, with its name and its address."""
    levels = [level for level in LEVELS if level in round.levels or level == "transcript"]
    return [(each, asking.LEVELS[each], asking.in_address(choice, level=each)) for each in levels]


def _ways(request: StudyRequest, round: Round, choice: queries.Choice) -> dict[str, Any]:
    """The addresses of the same in files, and of the discrepancies behind the figures."""
    may_read = request.membership.may(Permission.DISCREPANCIES_VIEW)
    discrepancies = reverse("discrepancies", args=[request.study.id, round.id])
    narrowing = asking.in_address(choice, level="", speakers="")
    return {
        "report_url": reverse("agreement", args=[request.study.id, round.id]),
        "address": asking.in_address(choice),
        "narrowing": narrowing,
        "may_read": may_read,
        "discrepancies_url": discrepancies,
        "discrepancies_address": f"{discrepancies}?{narrowing}" if may_read else "",
    }


def heat_of(table: queries.ReportTable) -> queries.HeatMap | None:
    """Of the chosen pair, or of the first one."""
    coders = {str(coder.id): coder for coder in table.coders}
    wanted = None if table.choice.pair is None else {str(id) for id in table.choice.pair}
    for confusion in table.computed.confusions:
        if wanted in (None, set(confusion.coders)):
            first, second = confusion.coders
            return queries.heat_map(
                confusion=confusion, coders=(coders[first], coders[second]), codes=table.codes
            )
    return None


def newest_work(round: Round) -> Run | None:
    """The newest computation that was asked for, whatever became of it."""
    return Run.objects.filter(kind="agreement", arguments__round=str(round.id)).first()


@requires(Permission.AGREEMENT_VIEW)
def report_file(request: StudyRequest, round_id: UUID, kind: str) -> HttpResponse:
    """The report for what was chosen, as a file. Sites are left out of every file."""
    found = _round(request, round_id)
    run = queries.latest_run(round=found)
    is_blind = queries.is_blind_again(round=found, user=request.user)
    if run is None or is_blind or kind not in FILES or request.GET.get("site"):
        raise Http404
    run.round = found
    table = queries.report(run=run, choice=asking.choice_in(request.GET, run=run))
    content_type, written = FILES[kind]
    answer = HttpResponse(written(table), content_type=content_type)
    part = slugify(narrowed_to(table), allow_unicode=True)[:120]
    name = "-".join(filter(None, [f"agreement-round-{found.number}", part]))
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}") or "attachment"
    return answer


def _docx(table: queries.ReportTable) -> bytes:
    pictures = [to_png(agreement_figure(table))] if table.run.round.has_coefficients else []
    return to_docx(agreement_sheets(table), pictures=pictures, paragraphs=only_of(table))


FILES: dict[str, tuple[str, Callable[[queries.ReportTable], bytes | str]]] = {
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda table: to_xlsx(agreement_sheets(table)),
    ),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _docx),
    "csv": ("text/csv; charset=utf-8", lambda table: to_csv(agreement_sheets(table)[0])),
    "json": ("application/json", agreement_json),
    "svg": ("image/svg+xml", agreement_figure),
    "png": ("image/png", lambda table: to_png(agreement_figure(table))),
}
