"""Numbers of a report as they are written: hundreds of them stand on one page."""

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.agreement.engine import Estimate
from apps.agreement.queries import HeatCell, HeatRow

register = template.Library()


@register.filter
def two(value: float | None) -> str:
    """With two decimals; a dash for what there is not."""
    return "–" if value is None else f"{value:.2f}"


@register.filter
def interval(estimate: Estimate) -> str:
    """From where to where an estimate may lie."""
    return _("%(low)s to %(high)s") % {"low": two(estimate.low), "high": two(estimate.high)}


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
