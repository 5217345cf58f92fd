"""The list of a transcript's discrepancies: some hundreds of links, too many for a template each."""

from collections.abc import Iterable
from uuid import UUID

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.agreement.queries import Step

register = template.Library()


@register.simple_tag
def step_items(
    steps: Iterable[Step], address: str, query: str, here: UUID, attributes: str = ""
) -> SafeString:
    """A list item for each step, with the link to its page; `here` is the one that is shown."""
    attributes = mark_safe(attributes)  # noqa: S308  (written in the template that asks)
    rows = ((step.id, attributes, _link(step, address, query, is_here=step.id == here)) for step in steps)
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
        mark_safe(' aria-current="true"') if is_here else "",
        step.kind_name,
        answer,
        format_html_join("", '<span class="code-tag hue-{}" title="{}">{}</span> ', tags),
        step.state,
        step.state_name,
    )
