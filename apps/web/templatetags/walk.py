"""The list of a transcript's discrepancies: some hundreds of links, too many for a template each."""

from collections.abc import Iterable
from uuid import UUID

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.agreement.queries import Step

register = template.Library()

CURRENT = mark_safe(' aria-current="true"')
SWAPPED = mark_safe(' hx-swap-oob="true"')


@register.simple_tag
def step_items(
    steps: Iterable[Step], address: str, query: str, here: UUID, *, are_swapped: bool = False
) -> SafeString:
    """A list item for each step, with the link to its page; `here` is the one that is shown.

    Those of an answer are swapped into the list that is there.
    """
    swapped = SWAPPED if are_swapped else ""
    rows = ((step.id, swapped, _link(step, address, query, is_here=step.id == here)) for step in steps)
    return format_html_join("", '<li id="step-{}"{}>{}</li>', rows)


def _link(step: Step, address: str, query: str, *, is_here: bool) -> SafeString:
    answer = "" if step.answer is None else format_html(' <span class="quiet">{}</span>', step.answer + 1)
    tags = ((tag.hue, tag.name, tag.label) for tag in step.tags)
    return format_html(
        '<a class="item" href="{}{}/{}"{}><span class="item-head">{}{}</span><span>{}</span>'
        '<span class="item-note state state-{}">{}</span></a>',
        address,
        step.id,
        query,
        CURRENT if is_here else "",
        step.kind_name,
        answer,
        format_html_join("", '<span class="code-tag hue-{}" title="{}">{}</span> ', tags),
        step.state,
        step.state_name,
    )
