"""Numbers of a report as they are written: hundreds of them stand on one page."""

from collections.abc import Iterable, Sequence

from django import template
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.agreement.engine import Estimate
from apps.agreement.queries import CodeLine, HeatCell, HeatRow

register = template.Library()

UNHEARD = ' tabindex="-1" aria-hidden="true"'
GRID = "".join(f'<line class="dot-plot-grid" x1="{x}" x2="{x}" y2="20"/>' for x in (0, 250, 500, 750, 1000))


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
    address = conditional_escape(address)
    rows = (
        f'<tr id="code-{line.code.id}">{_name(line)}'
        f"{_number_cell(_linked(line, address, str(line.discrepancies)))}"
        f"{_figures(line, address, thresholds, has_coefficients, has_beside)}</tr>"
        for line in lines
    )
    # Of keys, numbers and what is escaped: escaping each part anew takes as long as all the rest of a row.
    return mark_safe("".join(rows))  # noqa: S308


def _name(line: CodeLine) -> str:
    code = line.code
    sign = f'<span class="code-tag hue-{code.hue:d}">{escape(code.label)}</span>'
    return f'<th scope="row" class="nowrap">{sign} {escape(code.name)}</th>'


def _linked(line: CodeLine, address: str, shown: str, attributes: str = "") -> str:
    if not address or not line.discrepancies:
        return shown
    return f'<a href="{address}&amp;code={line.code.id}"{attributes}>{shown}</a>'


def _figures(
    line: CodeLine, address: str, thresholds: Sequence[float], has_coefficients: bool, has_beside: bool
) -> str:
    if line.figure.status == "not_used":
        return _words_cell(10, _("not used"))
    counts = "".join(_number_cell(str(count)) for count in line.counts)
    if not has_coefficients:
        return counts
    if line.figure.status == "counts_only":
        return counts + _words_cell(6, _("fewer than ten units: counts only"))
    beside = line.alpha_beside.value if line.alpha_beside else None
    alpha = _alpha(line, address, thresholds)
    also = _number_cell(two(beside)) if has_beside else ""
    return (
        f"{counts}{_number_cell(two(line.positive.value))}{alpha}{also}{_number_cell(two(line.kappa.value))}"
    )


def _alpha(line: CodeLine, address: str, thresholds: Sequence[float]) -> str:
    """Drawn, written, and with its interval."""
    alpha = line.alpha
    if alpha.value is None:
        words = {"no_variation": _("undefined: everything was coded by everybody")}
        return _words_cell(3, words.get(str(alpha.reason), _("undefined")))
    between = escape(interval(alpha)) if alpha.low is not None else "–"
    if alpha.interval_reason == "unstable":
        between = f'<span class="quiet">{escape(_("in too few transcripts"))}</span>'
    drawn = _linked(line, address, _dot_plot(alpha, line.code.hue, thresholds), UNHEARD)
    return (
        f'<td class="dot-plot-cell">{drawn}</td><td class="number"><strong>{two(alpha.value)}</strong></td>'
        f'<td class="number nowrap">{between}</td>'
    )


def _number_cell(shown: str) -> str:
    return f'<td class="number">{shown}</td>'


def _words_cell(columns: int, words: str) -> str:
    return f'<td colspan="{columns}" class="quiet">{escape(words)}</td>'


def _dot_plot(estimate: Estimate, hue: int, thresholds: Sequence[float]) -> str:
    """An estimate and its interval between 0 and 1; hollow where the interval reaches below the planned line.

    The numbers stand in the cells beside it.
    """
    interval = point = hollow = ""
    if estimate.low is not None and estimate.high is not None:
        low, high = _place(estimate.low), _place(estimate.high)
        interval = f'<line class="dot-plot-interval" x1="{low}" x2="{high}" y1="10" y2="10"/>'
    if estimate.value is not None:
        point = _point("dot-plot-point", estimate.value)
        if thresholds and estimate.low is not None and estimate.low < thresholds[0]:
            hollow = _point("dot-plot-hollow", estimate.value)
    lines = "".join(
        f'<line class="dot-plot-threshold" x1="{place}" x2="{place}" y2="20"/>'
        for place in map(_place, thresholds)
    )
    return (
        f'<svg class="dot-plot hue-{hue:d}" viewBox="0 0 1000 20" preserveAspectRatio="none"'
        f' aria-hidden="true">{GRID}{lines}{interval}{point}{hollow}</svg>'
    )


def _point(name: str, value: float) -> str:
    return f'<path class="{name}" d="M{_place(value)} 10h0"/>'


def _place(value: float) -> int:
    """In the thousandths of the drawing; what lies below 0 is drawn at its edge, and its number says it."""
    return max(0, round(value * 1000))


@register.simple_tag
def heat_cells(row: HeatRow, address: str, agreed: str = "") -> SafeString:
    """The cells of a row, each with the way to what is behind it where there is an address: discrepancies, or
    on the diagonal the passages on which both agreed.

    A map of sixty codes has 3,600 cells: a template would take longer for them than for the rest of the page.
    """
    address, agreed = conditional_escape(address), conditional_escape(agreed)
    # Of keys, numbers and addresses that are escaped, and nothing else.
    return mark_safe("".join(_cell(cell, address, agreed) for cell in row.cells))  # noqa: S308


def _cell(cell: HeatCell, address: str, agreed: str) -> str:
    name = "heat-same" if cell.is_same else f"heat-{cell.shade:d}"
    shade = f' class="{name}"' if cell.is_same or cell.shade else ""
    return f"<td{shade}>{_number(cell, address, agreed)}</td>"


def _number(cell: HeatCell, address: str, agreed: str) -> str:
    if not cell.units:
        return ""
    if cell.is_same and cell.first and agreed:
        return f'<a href="{agreed}&amp;code={cell.first.id}">{cell.units:d}</a>'
    if cell.is_same or not address:
        return f"{cell.units:d}"
    side, code, other = "first", cell.first, cell.second
    if code is None:
        side, code, other = "second", other, None
    cells = f"code={code.id if code else ''}&amp;with={other.id if other else 'none'}&amp;side={side}"
    return f'<a href="{address}&amp;{cells}">{cell.units:d}</a>'
