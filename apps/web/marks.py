"""Turns as HTML. Written by hand, because a text of ten thousand marks is too much for a template engine."""

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from html import escape
from uuid import UUID

from django.http import HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.coding.models import Coding
from apps.coding.queries import DrawnTurn
from apps.transcripts.models import Turn

# What static/css/codes.css and stripes.css have classes for.
LANES = 3
COLUMNS = 6
STRETCHES = 64
# Where the turns of a page come to stand; no words of anybody hold it, because they are escaped.
PLACE = mark_safe("<!--turns-->")


def turns(drawn: Iterable[DrawnTurn]) -> SafeString:
    """The turns, one list item each."""
    return mark_safe("\n".join(map(_turn, drawn)))  # noqa: S308 - words went through escape()


def placed(drawn: Iterable[DrawnTurn], page: HttpResponse) -> HttpResponse:
    """The page with its turns: a template would copy so long a text a dozen times."""
    before, after = page.content.split(PLACE.encode(), 1)
    lines = b"\n".join([_turn(each).encode() for each in drawn])
    page.content = b"".join((before, lines, after))
    return page


def _turn(drawn: DrawnTurn) -> str:
    turn = drawn.turn
    number = turn.position + 1
    role = "" if turn.role == Turn.Role.PARTICIPANT else f" turn-{turn.role}"
    sentences = " ".join([f"{start} {end}" for start, end in drawn.sentences]) or f"{turn.start} {turn.end}"
    speaker = escape(turn.speaker) or str(Turn.Role(turn.role).label)
    time = clock(turn.starts_at_ms)
    place = f"{number} · {time}" if time else number
    # Listed once; marks, tags and stripes name a coding by its place in this list.
    codings = " ".join([stripe.extent.key for stripe in drawn.stripes])
    # No white space may stand inside turn-text: offsets are counted there.
    return (
        f'<li class="turn{role}" id="turn-{number}" data-start="{turn.start}" data-end="{turn.end}" '
        f'data-sentences="{sentences}" tabindex="{0 if number == 1 else -1}">'
        f'<div class="turn-speaker">{speaker} <span class="turn-place">{place}</span></div>'
        f'<p class="turn-text" dir="auto" data-ids="{codings}">{_marked(drawn)}</p>'
        f"{_stripes(drawn)}</li>"
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
    offset, said = drawn.turn.start, drawn.words
    # Most turns hold nothing to escape, and then none of their many pieces does.
    spelt = str if escape(said, quote=False) == said else partial(escape, quote=False)
    signs = _signs(drawn)
    parts, stretch = [], 0
    for start, end, under, starting in drawn.segments:
        words = spelt(said[start - offset : end - offset])
        if under:
            stretch += 1
            place = f" at-{stretch}" if stretch <= STRETCHES else ""
            if len(under) == 1:
                nth, line, _ = signs[under[0].key]
                tint = f"hue-{under[0].hue}"
            else:
                here = [signs[extent.key] for extent in under]
                nth = " ".join([sign[0] for sign in here])
                line = " ".join(dict.fromkeys([sign[1] for sign in here]))
                tint = "overlap"
            if starting:
                words = "".join([signs[extent.key][2] for extent in starting]) + words
            words = f'<mark class="coding {tint} {line}{place}" data-nth="{nth}">{words}</mark>'
        parts.append(words)
    return "".join(parts)


def _signs(drawn: DrawnTurn) -> dict[str, tuple[str, str, str]]:
    """What is drawn of each coding in a turn: its place in the list, its line, the tag at its start."""
    signs = {}
    for nth, (extent, lane, _, _) in enumerate(drawn.stripes):
        line = f"lane-{lane}-{extent.hue}" if lane <= LANES else "lane-more"
        tag = f'{_tag(extent.hue, extent.label, extent.name)} data-nth="{nth}"></span>'
        signs[extent.key] = str(nth), line, tag
    return signs


@lru_cache(maxsize=500)
def _tag(hue: int, label: str, name: str) -> str:
    """What stands at the start of each coding with a code, but for which coding it is."""
    said = escape(label)
    named = f'role="img" aria-label="{said} {escape(name)}"'
    return f'<span class="coding-start hue-{hue}" {named} data-tag="{said}"'


def _stripes(drawn: DrawnTurn) -> str:
    """A line in the margin for each coding, tied by class to its first and last stretch."""
    return "".join(
        [
            f'<i class="stripe stripe-{lane} hue-{extent.hue} from-{first} '
            f'{f"to-{last}" if last <= STRETCHES else "to-end"}" data-nth="{nth}"></i>'
            for nth, (extent, lane, first, last) in enumerate(drawn.stripes)
            if lane <= COLUMNS and first <= STRETCHES
        ]
    )
