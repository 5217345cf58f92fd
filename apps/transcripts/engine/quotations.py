"""Whether words may be quoted, by what the person said who was shown them.

Offsets are code points, half-open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Standing(Enum):
    """Of words that the person wished to see first."""

    TO_CHECK = "to_check"
    SHOWN = "shown"
    AGREED = "agreed"
    REWORDED = "reworded"
    DECLINED = "declined"


@dataclass(frozen=True)
class Check:
    """What became of [start, end); `wording` where the person wants it said in other words."""

    start: int
    end: int
    outcome: Standing
    wording: str = ""


@dataclass(frozen=True)
class Quotable:
    """Where a passage stands, and what may be quoted of it; empty where nothing may."""

    standing: Standing
    words: str = ""


# What is said of a passage is what its least quotable words allow.
_STRICTEST_FIRST = (Standing.DECLINED, Standing.SHOWN, Standing.TO_CHECK, Standing.REWORDED)


def quotable(words: str, start: int, checks: Sequence[Check]) -> Quotable:
    """What may be quoted of a passage; `checks` in the order in which they were made, the last one counts.

    All of its words must have been agreed to, be it in several pieces; other wording holds for exactly its
    passage.
    """
    end = start + len(words)
    checks = [each for each in checks if each.start < end and start < each.end]
    of_it = [each for each in checks if (each.start, each.end) == (start, end)]
    if of_it and of_it[-1].outcome is Standing.REWORDED:
        return Quotable(Standing.REWORDED, of_it[-1].wording)
    found = {_last(checks, start + at) for at, sign in enumerate(words) if not sign.isspace()}
    for standing in _STRICTEST_FIRST:
        if standing in found:
            return Quotable(Standing.TO_CHECK if standing is Standing.REWORDED else standing)
    return Quotable(Standing.AGREED, words)


def _last(checks: Sequence[Check], at: int) -> Standing:
    for each in reversed(checks):
        if each.start <= at < each.end:
            return each.outcome
    return Standing.TO_CHECK


def places(text: str, words: str) -> list[tuple[int, int]]:
    """Where words stand in a text; how they are parted by spaces and lines does not matter."""
    asked = words.split()
    if not asked:
        return []
    pattern = re.compile(r"\s+".join(re.escape(word) for word in asked))
    return [match.span() for match in pattern.finditer(text)]
