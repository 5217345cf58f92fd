"""Turns as HTML. Written by hand, because a text of ten thousand marks is too much for a template engine."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from apps.coding.engine.marks import Extent, Segment
from apps.coding.queries import DrawnTurn

# What static/css/codes.css and stripes.css have classes for.
LANES = 3
COLUMNS = 6
STRETCHES = 64


@dataclass(frozen=True)
class TurnRow:
    """A turn as the template shows it; `text` must stand in its element without any white space around it."""

    number: int
    start: int
    end: int
    role: str
    speaker: str
    time: str
    text: SafeString
    stripes: SafeString
    sentences: str


def row(drawn: DrawnTurn) -> TurnRow:
    """A drawn turn, ready for the template."""
    turn = drawn.turn
    return TurnRow(
        number=turn.position + 1,
        start=turn.start,
        end=turn.end,
        role=turn.role,
        speaker=turn.speaker or str(turn.get_role_display()),
        time=clock(turn.starts_at_ms),
        text=marked(drawn),
        stripes=stripes(drawn),
        sentences=" ".join(f"{start} {end}" for start, end in drawn.sentences),
    )


def marked(drawn: DrawnTurn) -> SafeString:
    """The words, with one flat mark for each stretch under the same codings."""
    parts, stretch, start = [], 0, drawn.turn.start
    for segment in drawn.segments:
        words = escape(drawn.words[segment.start - start : segment.end - start])
        if segment.under:
            stretch += 1
            parts.append(_mark(segment, stretch, drawn.lane_of, words))
        else:
            parts.append(words)
    return mark_safe("".join(parts))  # noqa: S308 - every word went through escape()


def stripes(drawn: DrawnTurn) -> SafeString:
    """A line in the margin for each coding, tied by class to its first and last stretch."""
    shown = [each for each in drawn.stripes if each.lane <= COLUMNS and each.first <= STRETCHES]
    lines = [
        f'<i class="stripe stripe-{each.lane} hue-{each.extent.hue} from-{each.first} '
        f'{f"to-{each.last}" if each.last <= STRETCHES else "to-end"}"></i>'
        for each in shown
    ]
    return mark_safe("".join(lines))  # noqa: S308 - numbers only


def clock(milliseconds: int | None) -> str:
    """09:47, or 1:02:33 after the first hour; empty where the transcript has no times."""
    if milliseconds is None:
        return ""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def _mark(segment: Segment, stretch: int, lane_of: Mapping[str, int], words: str) -> str:
    tags = "".join(_tag(extent) for extent in segment.starting)
    keys = " ".join(extent.key for extent in segment.under)
    return f'<mark class="{_classes(segment, stretch, lane_of)}" data-codings="{keys}">{tags}{words}</mark>'


def _classes(segment: Segment, stretch: int, lane_of: Mapping[str, int]) -> str:
    only = segment.under[0] if len(segment.under) == 1 else None
    classes = ["coding", f"hue-{only.hue}" if only else "overlap"]
    for extent in segment.under:
        lane = lane_of[extent.key]
        classes.append(f"lane-{lane}-{extent.hue}" if lane <= LANES else "lane-more")
    if stretch <= STRETCHES:
        classes.append(f"at-{stretch}")
    return " ".join(dict.fromkeys(classes))


def _tag(extent: Extent) -> str:
    facts = f'data-tag="{escape(extent.label)}" data-coding="{extent.key}"'
    return f'<span class="coding-start hue-{extent.hue}" {facts}></span>'
