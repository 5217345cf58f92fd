"""Numbers of a report as they are written: hundreds of them stand on one page."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django import template
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.agreement.engine import Estimate
from apps.agreement.queries import CodeLine, HeatCell, HeatRow

register = template.Library()

WIDTH = 1000
GRID = (0, 250, 500, 750, 1000)


@register.filter
def two(value: float | None) -> str:
    """With two decimals; a dash for what there is not."""
    return "–" if value is None else f"{value:.2f}"


@register.filter
def interval(estimate: Estimate) -> str:
    """From where to where an estimate may lie."""
    return _("%(low)s to %(high)s") % {"low": two(estimate.low), "high": two(estimate.high)}


@register.simple_tag
def figure_rows(
    lines: Iterable[CodeLine],
    address: str,
    thresholds: Sequence[float],
    *,
    has_coefficients: bool,
    has_beside: bool,
) -> SafeString:
    """The rows of the table of codes; `address` leads to the discrepancies, where the reader may see them."""
    rows = (
        (
            line.code.id,
            line.code.hue,
            line.code.label,
            line.code.name,
            _cells(line, _Way.of(line, address), thresholds, has_coefficients, has_beside),
        )
        for line in lines
    )
    head = '<th scope="row" class="nowrap"><span class="code-tag hue-{}">{}</span> {}</th>'
    return format_html_join("", f'<tr id="code-{{}}">{head}{{}}</tr>', rows)


class _Way(NamedTuple):
    """The beginning of a link, open or hidden from readers of the page aloud, and its end; or nothing."""

    open: str = ""
    hidden: str = ""
    close: str = ""

    @classmethod
    def of(cls, line: CodeLine, address: str) -> "_Way":
        if not address or not line.discrepancies:
            return cls()
        link = f'<a href="{conditional_escape(address)}&amp;code={line.code.id}"'
        return cls(f"{link}>", f'{link} tabindex="-1" aria-hidden="true">', "</a>")


def _cells(
    line: CodeLine, way: _Way, thresholds: Sequence[float], has_coefficients: bool, has_beside: bool
) -> SafeString:
    """Of numbers, of words of ours and of links, and nothing else."""
    cells = [_number_cell(f"{way.open}{line.discrepancies}{way.close}")]
    if line.figure.status == "not_used":
        cells.append(_words_cell(10, _("not used")))
    else:
        cells += [_number_cell(str(number)) for number in line.counts]
        cells += _coefficients(line, way, thresholds, has_beside) if has_coefficients else []
    return mark_safe("".join(cells))  # noqa: S308


def _coefficients(line: CodeLine, way: _Way, thresholds: Sequence[float], has_beside: bool) -> list[str]:
    if line.figure.status == "counts_only":
        return [_words_cell(6, _("fewer than ten units: counts only"))]
    beside = line.alpha_beside.value if line.alpha_beside else None
    return [
        _number_cell(two(line.positive.value)),
        *_alpha_cells(line, way, thresholds),
        *([_number_cell(two(beside))] if has_beside else []),
        _number_cell(two(line.kappa.value)),
    ]


def _alpha_cells(line: CodeLine, way: _Way, thresholds: Sequence[float]) -> list[str]:
    """Alpha drawn, written, and with its interval."""
    alpha = line.alpha
    if alpha.value is None:
        words = {"no_variation": _("undefined: everything was coded by everybody")}
        return [_words_cell(3, words.get(str(alpha.reason), _("undefined")))]
    spread = "–"
    if alpha.low is not None:
        spread = interval(alpha)
    elif alpha.interval_reason == "unstable":
        spread = f'<span class="quiet">{_("in too few transcripts")}</span>'
    drawn = _dot_plot(alpha, line.code.hue, thresholds)
    return [
        f'<td class="dot-plot-cell">{way.hidden}{drawn}{way.close}</td>',
        _number_cell(f"<strong>{two(alpha.value)}</strong>"),
        f'<td class="number nowrap">{spread}</td>',
    ]


def _number_cell(text: str) -> str:
    return f'<td class="number">{text}</td>'


def _words_cell(columns: int, words: str) -> str:
    return f'<td colspan="{columns}" class="quiet">{words}</td>'


def _dot_plot(estimate: Estimate, hue: int, thresholds: Sequence[float]) -> str:
    """An estimate and its interval between 0 and 1; hollow where the interval reaches below the planned line.

    The numbers stand in the cells beside it.
    """
    lines = [_upright("dot-plot-grid", place) for place in GRID]
    lines += [_upright("dot-plot-threshold", _place(each)) for each in thresholds]
    point = f"M{_place(estimate.value or 0)} 10h0"
    if estimate.low is not None and estimate.high is not None:
        low, high = _place(estimate.low), _place(estimate.high)
        lines.append(f'<line class="dot-plot-interval" x1="{low}" x2="{high}" y1="10" y2="10"/>')
    lines.append(f'<path class="dot-plot-point" d="{point}"/>')
    if thresholds and estimate.low is not None and estimate.low < thresholds[0]:
        lines.append(f'<path class="dot-plot-hollow" d="{point}"/>')
    start = f'<svg class="dot-plot hue-{hue:d}" viewBox="0 0 {WIDTH} 20" preserveAspectRatio="none" '
    return f'{start}aria-hidden="true">{"".join(lines)}</svg>'


def _upright(name: str, place: int) -> str:
    return f'<line class="{name}" x1="{place}" x2="{place}" y2="20"/>'


def _place(value: float) -> int:
    return round(value * WIDTH)


@register.simple_tag
def heat_cells(row: HeatRow, address: str) -> SafeString:
    """The cells of a row, each with the way to the discrepancies behind it where there is an address.

    A map of sixty codes has 3,600 cells: a template would take longer for them than for the rest of the page.
    """
    address = conditional_escape(address)
    # Of keys, numbers and an address that is escaped, and nothing else.
    return mark_safe("".join(_cell(cell, address) for cell in row.cells))  # noqa: S308


def _cell(cell: HeatCell, address: str) -> str:
    name = "heat-same" if cell.is_same else f"heat-{cell.shade:d}"
    shade = f' class="{name}"' if cell.is_same or cell.shade else ""
    return f"<td{shade}>{_number(cell, address)}</td>"


def _number(cell: HeatCell, address: str) -> str:
    if not cell.units:
        return ""
    if cell.is_same or not address:
        return f"{cell.units:d}"
    code, other = (cell.first, cell.second) if cell.first else (cell.second, None)
    beside = other.id if other else "none"
    return f'<a href="{address}&amp;code={code.id if code else ""}&amp;with={beside}">{cell.units:d}</a>'
