"""Turns as HTML. Written by hand, because a text of ten thousand marks is too much for a template engine."""

from collections.abc import Iterable, Mapping
from html import escape
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.coding.engine.marks import Extent, Segment
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
    lane_of = _lanes(drawn)
    for segment in drawn.segments:
        words = escape(said[segment.start - offset : segment.end - offset])
        if segment.under:
            stretch += 1
            words = _mark(segment, stretch, lane_of, words)
        parts.append(words)
    return "".join(parts)


def _stripes(drawn: DrawnTurn) -> str:
    """A line in the margin for each coding, tied by class to its first and last stretch."""
    return "".join(
        [
            f'<i class="stripe stripe-{each.lane} hue-{each.extent.hue} from-{each.first} '
            f'{f"to-{each.last}" if each.last <= STRETCHES else "to-end"}" '
            f'data-coding="{each.extent.key}"></i>'
            for each in drawn.stripes
            if each.lane <= COLUMNS and each.first <= STRETCHES
        ]
    )


def _mark(segment: Segment, stretch: int, lane_of: Mapping[str, str], words: str) -> str:
    under = segment.under
    keys = " ".join([extent.key for extent in under]) if len(under) > 1 else under[0].key
    tags = "".join(map(_tag, segment.starting)) if segment.starting else ""
    return f'<mark class="{_classes(under, stretch, lane_of)}" data-codings="{keys}">{tags}{words}</mark>'


def _classes(under: tuple[Extent, ...], stretch: int, lane_of: Mapping[str, str]) -> str:
    classes = ["coding", f"hue-{under[0].hue}" if len(under) == 1 else "overlap"]
    classes += [lane_of[extent.key] for extent in under]
    if stretch <= STRETCHES:
        classes.append(f"at-{stretch}")
    return " ".join(dict.fromkeys(classes))


def _lanes(drawn: DrawnTurn) -> dict[str, str]:
    """The class of each coding's line, made once for all of its stretches in the turn."""
    return {
        each.extent.key: f"lane-{each.lane}-{each.extent.hue}" if each.lane <= LANES else "lane-more"
        for each in drawn.stripes
    }


def _tag(extent: Extent) -> str:
    name = f'role="img" aria-label="{escape(extent.label)} {escape(extent.name)}"'
    facts = f'data-tag="{escape(extent.label)}" data-coding="{extent.key}"'
    return f'<span class="coding-start hue-{extent.hue}" {name} {facts}></span>'
