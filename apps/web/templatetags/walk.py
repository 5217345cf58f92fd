"""What stands many times on a discrepancy's page: links, choices and marks, too many for a template each."""

from collections.abc import Iterable
from functools import cache
from uuid import UUID

from django import template
from django.forms.utils import flatatt
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.agreement.queries import KINDS, STATES, ContextTurn, Step, Stretch, Tag

register = template.Library()

CURRENT = ' aria-current="true"'
SWAPPED = ' hx-swap-oob="true"'


@register.simple_tag
def step_items(
    steps: Iterable[Step], address: str, query: str, here: UUID, *, are_swapped: bool = False
) -> SafeString:
    """A list item for each step, with the link to its page; `here` is the one that is shown.

    Those of an answer are swapped into the list that is there.
    """
    swapped = SWAPPED if are_swapped else ""
    # Of hundreds of steps many say the same; each time in the language of the page.
    kind, tag, state = cache(_kind), cache(_tag), cache(_state)
    start, end, shown = escape(address), escape(query), str(here)
    items = [
        f'<li id="step-{step.id}"{swapped}><a class="item" href="{start}{step.id}/{end}"'
        f"{CURRENT if step.id == shown else ''}>"
        f'<span class="item-head">{kind(step.kind)}{_number(step.answer)}</span>'
        f"<span>{''.join(map(tag, step.tags))}</span>{state(step.state)}</a></li>"
        for step in steps
    ]
    return mark_safe("".join(items))  # noqa: S308 - parts that are escaped, keys as the database writes them


def _kind(kind: str) -> SafeString:
    return escape(KINDS[kind])


def _number(answer: int | None) -> str:
    return "" if answer is None else f' <span class="quiet">{answer + 1}</span>'


def _tag(tag: Tag) -> SafeString:
    return format_html('<span class="code-tag hue-{}" title="{}">{}</span> ', tag.hue, tag.name, tag.label)


def _state(state: str) -> SafeString:
    return format_html('<span class="item-note state state-{}">{}</span>', state, STATES[state])


@register.simple_tag
def choice(
    name: str,
    value: str,
    label: str,
    key: object = "",
    *,
    current: str | None,
    note: str = "",
    needs: str = "",
    goes: bool = False,
    required: bool = False,
) -> SafeString:
    """A radio button that looks like one to press, with its `key`.

    One that `goes` decides at once; one that `needs` a field shows it first.
    """
    facts = {
        "data-press": key or None,
        "data-goes": goes,
        "data-needs": needs or None,
        "required": required,
        "checked": current == value,
    }
    return format_html(
        '<label class="button choice-button"><input type="radio" name="{}" value="{}"{}>{}{}{}</label>',
        name,
        value,
        flatatt(facts),
        format_html('<kbd aria-hidden="true">{}</kbd> ', key) if key else "",
        label,
        format_html(' <span class="quiet">{}</span>', note) if note else "",
    )


@register.simple_tag
def marked(turns: Iterable[ContextTurn]) -> SafeString:
    """Turns with a mark for each stretch under the same codings; what is not disputed is dimmed."""
    paragraphs = (
        ("quiet" if turn.role == "interviewer" else "", _stretches(turn.stretches)) for turn in turns
    )
    return format_html_join("", '<p class="{}" dir="auto">{}</p>', paragraphs)


def _stretches(stretches: Iterable[Stretch]) -> SafeString:
    return format_html_join("", "{}", ((_mark(each) if each.codes else each.text,) for each in stretches))


def _mark(stretch: Stretch) -> SafeString:
    codes = stretch.codes
    starting = ((code.hue, code.label) for code in stretch.starting)
    return format_html(
        '<mark class="coding {} {} {}">{}{}</mark>',
        f"hue-{codes[0].hue}" if len(codes) == 1 else "overlap",
        " ".join(f"lane-{lane}-{code.hue}" for lane, code in enumerate(codes[:3], 1)),
        "is-current" if stretch.is_disputed else "is-dimmed",
        format_html_join("", '<span class="coding-start hue-{}" data-tag="{}"></span>', starting),
        stretch.text,
    )
