"""Cuts a turn into flat stretches: one for each piece of text under the same codings, never one in another.

All offsets are code points of the transcript version, half-open. A lane is the line that a coding keeps from
its first character to its last, however many turns it runs through: lane 1 lies nearest to the text.
"""

from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple


class Extent(NamedTuple):
    """A coding as far as marks are concerned: where it lies, and what is drawn of its code."""

    key: str
    start: int
    end: int
    hue: int = 0
    label: str = ""
    name: str = ""


class Segment(NamedTuple):
    """Text [start, end) under the same codings; `starting` are those whose first character is at `start`."""

    start: int
    end: int
    under: tuple[Extent, ...] = ()
    starting: tuple[Extent, ...] = ()


def cut(start: int, end: int, extents: Sequence[Extent]) -> list[Segment]:
    """Segments that cover [start, end) without a gap, each as long as the set of codings stays the same.

    The extents come in reading order; those that do not touch [start, end) are left out.
    """
    inside = [each for each in extents if each.start < end and start < each.end]
    if not inside:
        return [Segment(start, end)]
    borders = {start, end}
    for each in inside:
        if each.start > start:
            borders.add(each.start)
        if each.end < end:
            borders.add(each.end)
    segments, under, waiting, last = [], list[Extent](), 0, len(inside)
    for left, right in pairwise(sorted(borders)):
        under = [each for each in under if each.end > left]
        starting = []
        while waiting < last and inside[waiting].start <= left:
            if inside[waiting].start == left:
                starting.append(inside[waiting])
            under.append(inside[waiting])
            waiting += 1
        segments.append(Segment(left, right, tuple(under), tuple(starting)))
    return segments


def lanes(extents: Iterable[Extent]) -> dict[str, int]:
    """Each coding's lane, for extents in reading order: the lowest that is free from its start to its end.

    A group of codings that overlap one another gets the same lanes whether or not others are given with it.
    """
    free: list[int] = []
    ends: list[tuple[int, int]] = []
    found, used = {}, 0
    for each in extents:
        while ends and ends[0][0] <= each.start:
            heappush(free, heappop(ends)[1])
        if free:
            lane = heappop(free)
        else:
            used += 1
            lane = used
        found[each.key] = lane
        heappush(ends, (each.end, lane))
    return found


def covered(extents: Iterable[Extent]) -> list[tuple[int, int]]:
    """The stretches of text under codings that overlap one another, for extents in reading order."""
    found: list[tuple[int, int]] = []
    for each in extents:
        if found and each.start < found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], each.end)
        else:
            found.append((each.start, each.end))
    return found


def reach(start: int, end: int, stretches: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """[start, end) widened to all that a change in it can redraw: the covered stretches that it touches."""
    touched = [each for each in stretches if each[0] < end and start < each[1]]
    return min([start, *(each[0] for each in touched)]), max([end, *(each[1] for each in touched)])


class Stripe(NamedTuple):
    """A coding beside a turn: from the first to the last of the numbered marked stretches under it."""

    extent: Extent
    lane: int
    first: int
    last: int


def stripes(segments: Sequence[Segment], lane_of: Mapping[str, int]) -> list[Stripe]:
    """One for each coding of a turn; its marked stretches are numbered from 1."""
    marked = [each for each in segments if each.under]
    # A coding ends where a stretch ends, or with the turn.
    last = {each.end: number for number, each in enumerate(marked, start=1)}
    return [
        Stripe(extent, lane_of[extent.key], number, last.get(extent.end, len(marked)))
        for number, each in enumerate(marked, start=1)
        for extent in (each.under if number == 1 else each.starting)
    ]


def in_reading_order(extents: Iterable[Extent]) -> list[Extent]:
    """By start; of those that start together, the longest first."""
    return sorted(extents, key=lambda each: (each.start, -each.end, each.label, each.key))
