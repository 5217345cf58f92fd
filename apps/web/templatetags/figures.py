"""Numbers of a report as they are written: hundreds of them stand on one page."""

from collections.abc import Iterable, Sequence

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.agreement.engine import Estimate
from apps.agreement.queries import CodeLine, HeatCell, HeatRow

register = template.Library()

UNHEARD = mark_safe(' tabindex="-1" aria-hidden="true"')
UPRIGHT = '<line class="{}" x1="{}" x2="{}" y2="20"/>'
GRID = format_html_join("", UPRIGHT, (("dot-plot-grid", x, x) for x in (0, 250, 500, 750, 1000)))


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
    head = '<th scope="row" class="nowrap"><span class="code-tag hue-{}">{}</span> {}</th>'
    return format_html_join(
        "",
        f'<tr id="code-{{}}">{head}{{}}{{}}</tr>',
        (
            (
                line.code.id,
                line.code.hue,
                line.code.label,
                line.code.name,
                _number_cell(_linked(line, address, line.discrepancies)),
                _figures(line, address, thresholds, has_coefficients, has_beside),
            )
            for line in lines
        ),
    )


def _linked(line: CodeLine, address: str, shown: object, attributes: str = "") -> object:
    if not address or not line.discrepancies:
        return shown
    return format_html('<a href="{}&amp;code={}"{}>{}</a>', address, line.code.id, attributes, shown)


def _figures(
    line: CodeLine, address: str, thresholds: Sequence[float], has_coefficients: bool, has_beside: bool
) -> SafeString:
    if line.figure.status == "not_used":
        return _words_cell(10, _("not used"))
    counts = _together(map(_number_cell, line.counts))
    if not has_coefficients:
        return counts
    if line.figure.status == "counts_only":
        return counts + _words_cell(6, _("fewer than ten units: counts only"))
    beside = line.alpha_beside.value if line.alpha_beside else None
    return _together(
        (
            counts,
            _number_cell(two(line.positive.value)),
            _alpha(line, address, thresholds),
            _number_cell(two(beside)) if has_beside else "",
            _number_cell(two(line.kappa.value)),
        )
    )


def _alpha(line: CodeLine, address: str, thresholds: Sequence[float]) -> SafeString:
    """Drawn, written, and with its interval."""
    alpha = line.alpha
    if alpha.value is None:
        words = {"no_variation": _("undefined: everything was coded by everybody")}
        return _words_cell(3, words.get(str(alpha.reason), _("undefined")))
    between: str = interval(alpha) if alpha.low is not None else "–"
    if alpha.interval_reason == "unstable":
        between = format_html('<span class="quiet">{}</span>', _("in too few transcripts"))
    return format_html(
        '<td class="dot-plot-cell">{}</td><td class="number"><strong>{}</strong></td>'
        '<td class="number nowrap">{}</td>',
        _linked(line, address, _dot_plot(alpha, line.code.hue, thresholds), UNHEARD),
        two(alpha.value),
        between,
    )


def _number_cell(shown: object) -> SafeString:
    return format_html('<td class="number">{}</td>', shown)


def _words_cell(columns: int, words: str) -> SafeString:
    return format_html('<td colspan="{}" class="quiet">{}</td>', columns, words)


def _together(parts: Iterable[str]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _dot_plot(estimate: Estimate, hue: int, thresholds: Sequence[float]) -> SafeString:
    """An estimate and its interval between 0 and 1; hollow where the interval reaches below the planned line.

    The numbers stand in the cells beside it.
    """
    interval = point = hollow = SafeString()
    if estimate.low is not None and estimate.high is not None:
        interval = format_html(
            '<line class="dot-plot-interval" x1="{}" x2="{}" y1="10" y2="10"/>',
            _place(estimate.low),
            _place(estimate.high),
        )
    if estimate.value is not None:
        point = _point("dot-plot-point", estimate.value)
        if thresholds and estimate.low is not None and estimate.low < thresholds[0]:
            hollow = _point("dot-plot-hollow", estimate.value)
    lines = (("dot-plot-threshold", place, place) for place in map(_place, thresholds))
    return format_html(
        '<svg class="dot-plot hue-{}" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">'
        "{}{}{}{}{}</svg>",
        hue,
        GRID,
        format_html_join("", UPRIGHT, lines),
        interval,
        point,
        hollow,
    )


def _point(name: str, value: float) -> SafeString:
    return format_html('<path class="{}" d="M{} 10h0"/>', name, _place(value))


def _place(value: float) -> int:
    """In the thousandths of the drawing."""
    return round(value * 1000)


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
