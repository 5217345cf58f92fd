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

    `first_word` and `after_word` count the participant's words; `rows` are the spans that were merged. Items
    sort by where they are in what participants said.
    """

    low: int
    high: int
    code: int
    influence: int
    start: int
    end: int
    first_word: int
    after_word: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Codings of both sides that belong together (one side may be empty)."""

    first: tuple[Item, ...]
    second: tuple[Item, ...]


def overlap(one: Item, other: Item) -> int:
    """Give the participant characters that two codings share."""
    low = one.low if one.low > other.low else other.low
    high = one.high if one.high < other.high else other.high
    return high - low if high > low else 0


def shares(one: Item, other: Item, share: float) -> bool:
    """Say whether two codings have at least this share of the shorter one in common."""
    common = overlap(one, other)
    return common > 0 and common >= share * min(one.high - one.low, other.high - other.low)


def agrees(one: Item, other: Item, tolerance: Tolerance) -> bool:
    """Say whether two overlapping codings of one code lie where the tolerance wants them."""
    if tolerance.unit == "share":
        return shares(one, other, tolerance.amount)
    if tolerance.unit == "characters":
        return abs(one.low - other.low) <= tolerance.amount and abs(one.high - other.high) <= tolerance.amount
    starts, ends = one.first_word - other.first_word, one.after_word - other.after_word
    return abs(starts) <= tolerance.amount and abs(ends) <= tolerance.amount


def same_code_groups(first: Sequence[Item], second: Sequence[Item], tolerance: Tolerance) -> list[Group]:
    """Group the codings of one code: each matched pair, with the unmatched that overlap one of it.

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

    groups: list[Group] = []
    for left, right in components(first, second):
        if len(left) <= 1 and len(right) <= 1:
            groups.append(Group(left, right))
        else:
            groups.extend(_with_the_rest(left, right, assign(left, right, worth)))
    return groups


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


def _with_the_rest(left: Sequence[Item], right: Sequence[Item], pairs: list[tuple[int, int]]) -> list[Group]:
    """Let each unmatched coding join the pair of the coding that it overlaps most, else stand alone."""
    sides: tuple[list[list[int]], list[list[int]]] = ([[i] for i, _ in pairs], [[j] for _, j in pairs])
    home = ({i: k for k, (i, _) in enumerate(pairs)}, {j: k for k, (_, j) in enumerate(pairs)})
    alone: list[Group] = []
    for side, own, others in ((0, left, right), (1, right, left)):
        for place, item in enumerate(own):
            if place in home[side]:
                continue
            matched = [other for other in home[1 - side] if overlap(item, others[other])]
            if not matched:
                alone.append(Group((item,), ()) if side == 0 else Group((), (item,)))
                continue
            nearest = max(matched, key=lambda other: (overlap(item, others[other]), -other))
            sides[side][home[1 - side][nearest]].append(place)
    together = [
        Group(tuple(left[i] for i in sorted(mine)), tuple(right[j] for j in sorted(theirs)))
        for mine, theirs in zip(*sides, strict=True)
    ]
    return together + alone
