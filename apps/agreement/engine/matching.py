"""Which coding of one coder answers to which of the other: the same code first, then any code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from .study import InputError

CROSS_SHARE = 0.5
"""Different codes belong together from half of the shorter span, whatever the tolerance for the same code."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much two codings of one code may differ and still agree.

    `share`: at least this share of the shorter span in common. `words`, `characters`: at most so many of the
    participant's words (or characters other than white space) between the starts, and between the ends.
    """

    unit: Literal["share", "words", "characters"] = "share"
    amount: float = 0.5

    def __post_init__(self) -> None:
        if self.unit == "share" and not 0.0 < self.amount <= 1.0:
            raise InputError(f"tolerance: a share must lie above 0 and not above 1, not {self.amount}")
        if self.unit not in ("share", "words", "characters") or not self.amount >= 0.0:
            raise InputError(f"tolerance: {self.amount} {self.unit} makes no sense")


class Item(NamedTuple):
    """One coder's coding after merging: [low, high) in participant characters, [start, end) in the text.

    Characters and words (`first_word`, `after_word`) are counted through all transcripts of the study; `ids`
    are the spans that were merged. Items sort by where they are in what participants said.
    """

    low: int
    high: int
    code: int
    influence: int
    start: int
    end: int
    first_word: int
    after_word: int
    ids: tuple[str, ...]


Side = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class SameCode:
    """Which codings of one code belong together: one with one, several of a side, and none (by side)."""

    pairs: list[tuple[Item, Item]]
    splits: list[tuple[Side, Side]]
    alone: tuple[list[Item], list[Item]]


def overlap(one: Item, other: Item) -> int:
    """Give the participant characters that two codings share."""
    low = one.low if one.low > other.low else other.low
    high = one.high if one.high < other.high else other.high
    return high - low if high > low else 0


def shares(one: Item, other: Item, share: float) -> bool:
    """Say whether two codings have at least this share of the shorter one in common."""
    common = overlap(one, other)
    if not common:
        return False
    mine, theirs = one.high - one.low, other.high - other.low
    return common >= share * (mine if mine < theirs else theirs)


def agrees(one: Item, other: Item, tolerance: Tolerance) -> bool:
    """Say whether two overlapping codings of one code lie where the tolerance wants them."""
    if tolerance.unit == "share":
        return shares(one, other, tolerance.amount)
    if tolerance.unit == "characters":
        return abs(one.low - other.low) <= tolerance.amount and abs(one.high - other.high) <= tolerance.amount
    starts, ends = one.first_word - other.first_word, one.after_word - other.after_word
    return abs(starts) <= tolerance.amount and abs(ends) <= tolerance.amount


def same_code(first: Sequence[Item], second: Sequence[Item], tolerance: Tolerance) -> SameCode:
    """Match codings of the same code; the unmatched that overlap one of a pair belong to it as well.

    The assignment has as many agreeing pairs as possible, then as many of them with equal influence, then as
    much text in common, then equal influence: what can be agreement without a difference, is.
    """

    def worth(one: Item, other: Item) -> float:
        common = overlap(one, other)
        if common == 0:
            return 0.0
        same = one.influence == other.influence
        # Apart by more than the parts of one component can add up to; all exact in 53 bits but the last.
        return agrees(one, other, tolerance) * (1e12 + same * 1e9) + common + same * 1e-3

    pairs, tangled, alone = _by_stretch_and_code(first, second)
    found = SameCode(pairs, [], alone)
    for left, right in tangled:
        _untangle(left, right, assign(left, right, worth), found)
    return found


def other_code_pairs(
    first: Sequence[Item], second: Sequence[Item], closeness: Callable[[int, int], int]
) -> list[tuple[Item, Item]]:
    """Pair what no coding of the same code answers to, by half of the shorter span.

    The assignment has as many pairs as possible, then the closest codes, then as much text in common.
    """

    def worth(one: Item, other: Item) -> float:
        if not shares(one, other, CROSS_SHARE):
            return 0.0
        return 1e14 + closeness(one.code, other.code) * 1e10 + overlap(one, other)

    pairs: list[tuple[Item, Item]] = []
    for left, right in components(first, second):
        if left and right:
            pairs.extend((left[i], right[j]) for i, j in assign(left, right, worth))
    return pairs


def components(
    first: Iterable[Item], second: Iterable[Item]
) -> list[tuple[tuple[Item, ...], tuple[Item, ...]]]:
    """Split two lists into the stretches of text where codings overlap one another, in order."""
    marked = [(item, 0) for item in first] + [(item, 1) for item in second]
    marked.sort()
    found: list[tuple[list[Item], list[Item]]] = []
    reach = -1
    for item, side in marked:
        if item.low >= reach:
            found.append(([], []))
        found[-1][side].append(item)
        if item.high > reach:
            reach = item.high
    return [(tuple(left), tuple(right)) for left, right in found]


def assign(
    left: Sequence[Item], right: Sequence[Item], worth: Callable[[Item, Item], float]
) -> list[tuple[int, int]]:
    """Give the one-to-one assignment of greatest total worth, without pairs worth nothing."""
    if len(left) == 1 and len(right) == 1:
        return [(0, 0)] if worth(left[0], right[0]) > 0 else []
    if not left or not right:
        return []
    from scipy.optimize import linear_sum_assignment

    value = np.array([[worth(one, other) for other in right] for one in left])
    rows, columns = linear_sum_assignment(value, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(i, j) for i, j in pairs if value[i, j] > 0]


def _by_stretch_and_code(
    first: Sequence[Item], second: Sequence[Item]
) -> tuple[list[tuple[Item, Item]], list[tuple[Side, Side]], tuple[list[Item], list[Item]]]:
    """Part codings of one code that overlap one another: one with one, more of a side, and one side alone."""
    pairs: list[tuple[Item, Item]] = []
    tangled: list[tuple[Side, Side]] = []
    alone: tuple[list[Item], list[Item]] = ([], [])
    items = [*first, *second]
    if not items:
        return pairs, tangled, alone
    low, high, code = np.array([item[:3] for item in items], dtype=np.int64).T
    order = np.lexsort((low, code))
    rank = code[order] * (high.max() + 1)
    reach = np.maximum.accumulate(rank + high[order])
    begins = np.flatnonzero(np.append(True, rank[1:] + low[order][1:] >= reach[:-1]))
    of_second = np.add.reduceat((order >= len(first)).astype(np.int64), begins)
    places: list[int] = order.tolist()
    extents = zip(begins.tolist(), [*begins[1:].tolist(), len(items)], of_second.tolist(), strict=True)
    for begin, after, others in extents:
        members = [items[place] for place in sorted(places[begin:after])]
        own = len(members) - others
        if not own or not others:
            alone[0 if own else 1].extend(members)
        elif len(members) == 2:
            pairs.append((members[0], members[1]))
        else:
            tangled.append((tuple(sorted(members[:own])), tuple(sorted(members[own:]))))
    return pairs, tangled, alone


def _untangle(left: Side, right: Side, pairs: list[tuple[int, int]], found: SameCode) -> None:
    """Let each unmatched coding join the pair of the coding that it overlaps most, else stand alone."""
    sides: tuple[list[list[int]], list[list[int]]] = ([[i] for i, _ in pairs], [[j] for _, j in pairs])
    home = ({i: k for k, (i, _) in enumerate(pairs)}, {j: k for k, (_, j) in enumerate(pairs)})
    for side, own, others in ((0, left, right), (1, right, left)):
        for place, item in enumerate(own):
            if place in home[side]:
                continue
            matched = [other for other in home[1 - side] if overlap(item, others[other])]
            if not matched:
                found.alone[side].append(item)
                continue
            nearest = max(matched, key=lambda other: (overlap(item, others[other]), -other))
            sides[side][home[1 - side][nearest]].append(place)
    for mine, theirs in zip(*sides, strict=True):
        if len(mine) == len(theirs) == 1:
            found.pairs.append((left[mine[0]], right[theirs[0]]))
        else:
            found.splits.append(
                (tuple(left[i] for i in sorted(mine)), tuple(right[j] for j in sorted(theirs)))
            )
