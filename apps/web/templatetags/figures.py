"""Numbers of a report as they are written: hundreds of them stand on one page."""

from collections.abc import Sequence

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.agreement.engine import Estimate
from apps.agreement.queries import HeatCell, HeatRow

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
def dot_plot(estimate: Estimate, hue: int, thresholds: Sequence[float]) -> SafeString:
    """An estimate and its interval between 0 and 1; hollow where the interval reaches below the planned line.

    The numbers stand in the cells beside it.
    """
    lines = [_upright("dot-plot-grid", place) for place in GRID]
    lines += [_upright("dot-plot-threshold", _place(each)) for each in thresholds]
    point = f"M{_place(estimate.value)} 10h0" if estimate.value is not None else ""
    if estimate.low is not None and estimate.high is not None:
        low, high = _place(estimate.low), _place(estimate.high)
        lines.append(f'<line class="dot-plot-interval" x1="{low}" x2="{high}" y1="10" y2="10"/>')
    if point:
        lines.append(f'<path class="dot-plot-point" d="{point}"/>')
    if point and thresholds and estimate.low is not None and estimate.low < thresholds[0]:
        lines.append(f'<path class="dot-plot-hollow" d="{point}"/>')
    start = f'<svg class="dot-plot hue-{hue:d}" viewBox="0 0 {WIDTH} 20" preserveAspectRatio="none" '
    # Of numbers and nothing else.
    return mark_safe(f'{start}aria-hidden="true">{"".join(lines)}</svg>')  # noqa: S308


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
