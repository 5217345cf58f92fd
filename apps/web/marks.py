"""Turns as HTML. Written by hand, because a text of ten thousand marks is too much for a template engine."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.coding.engine.marks import Extent, Stripe
from apps.coding.models import Coding
from apps.coding.queries import DrawnTurn
from apps.transcripts.models import Turn

# What static/css/codes.css and stripes.css have classes for.
LANES = 3
COLUMNS = 6
STRETCHES = 64


def turns(drawn: Iterable[DrawnTurn]) -> SafeString:
    """The turns, one list item each."""
    return mark_safe("\n".join(map(_turn, drawn)))  # noqa: S308 - words went through escape()


def _turn(drawn: DrawnTurn) -> str:
    turn = drawn.turn
    number = turn.position + 1
    role = "" if turn.role == Turn.Role.PARTICIPANT else f" turn-{turn.role}"
    sentences = " ".join([f"{start} {end}" for start, end in drawn.sentences])
    speaker = escape(turn.speaker) or str(Turn.Role(turn.role).label)
    time = clock(turn.starts_at_ms)
    place = f"{number} · {time}" if time else number
    # No white space may stand inside turn-text: offsets are counted there.
    return (
        f'<li class="turn{role}" id="turn-{number}" data-start="{turn.start}" data-end="{turn.end}" '
        f'data-sentences="{sentences}" tabindex="{0 if number == 1 else -1}">'
        f'<div class="turn-speaker">{speaker} <span class="turn-place">{place}</span></div>'
        f'<p class="turn-text" dir="auto">{_marked(drawn)}</p>{_stripes(drawn)}</li>'
    )


def counts(numbers: Mapping[UUID, int]) -> SafeString:
    """How often each code is applied, as the codebook shows it."""
    return format_html_join(
        "", '<span id="count-{}">{}</span>', ((key, n or "") for key, n in numbers.items())
    )


def facts(coding: Coding | None, said: str = "") -> SafeString:
    """What the page must know of a coding that was just saved, and what it is to say."""
    if coding is None:
        return format_html('<div id="saved" data-said="{}"></div>', said)
    return format_html(
        '<div id="saved" data-said="{}" data-coding="{}" data-code="{}" data-start="{}" data-end="{}" '
        'data-influence="{}" data-discuss="{}" data-version="{}" data-standing="{}"></div>',
        said,
        coding.id,
        coding.code_id,
        coding.start,
        coding.end,
        coding.influence,
        "on" if coding.is_to_discuss else "",
        coding.version,
        "" if coding.removed_at else "on",
    )


def clock(milliseconds: int | None) -> str:
    """09:47, or 1:02:33 after the first hour; empty where the transcript has no times."""
    if milliseconds is None:
        return ""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def _marked(drawn: DrawnTurn) -> str:
    """The words, with one flat mark for each stretch under the same codings."""
    parts, stretch, offset, said = [], 0, drawn.turn.start, drawn.words
    lane_of = {each.extent.key: _lane(each) for each in drawn.stripes}
    for start, end, under, starting in drawn.segments:
        words = escape(said[start - offset : end - offset], quote=False)
        if under:
            stretch += 1
            if len(under) == 1:
                keys, tint = under[0].key, f"hue-{under[0].hue}"
                lines = lane_of[keys]
            else:
                each = [extent.key for extent in under]
                keys, tint = " ".join(each), "overlap"
                lines = " ".join(dict.fromkeys([lane_of[key] for key in each]))
            place = f" at-{stretch}" if stretch <= STRETCHES else ""
            tags = "".join(map(_tag, starting)) if starting else ""
            words = f'<mark class="coding {tint} {lines}{place}" data-codings="{keys}">{tags}{words}</mark>'
        parts.append(words)
    return "".join(parts)


def _lane(stripe: Stripe) -> str:
    """The class of a coding's line, made once for all of its stretches in the turn."""
    return f"lane-{stripe.lane}-{stripe.extent.hue}" if stripe.lane <= LANES else "lane-more"


def _stripes(drawn: DrawnTurn) -> str:
    """A line in the margin for each coding, tied by class to its first and last stretch."""
    return "".join(
        [
            f'<i class="stripe stripe-{lane} hue-{extent.hue} from-{first} '
            f'{f"to-{last}" if last <= STRETCHES else "to-end"}" data-coding="{extent.key}"></i>'
            for extent, lane, first, last in drawn.stripes
            if lane <= COLUMNS and first <= STRETCHES
        ]
    )


def _tag(extent: Extent) -> str:
    facts, label = _sign(extent.hue, extent.label, extent.name)
    return f'<span class="coding-start {facts} data-coding="{extent.key}" data-tag="{label}"></span>'


@lru_cache(maxsize=500)
def _sign(hue: int, label: str, name: str) -> tuple[str, str]:
    """What stands at the start of each coding with a code."""
    said = escape(label)
    return f'hue-{hue}" role="img" aria-label="{said} {escape(name)}"', said
