"""Passages of one code and influence that meet or overlap are one."""

from collections.abc import Iterable
from uuid import UUID

Passage = tuple[UUID, int, int, str]
"""Code, start, end, influence."""


def joined(passages: Iterable[Passage]) -> list[Passage]:
    """The same passages in reading order, with those joined that would be coded twice."""
    found: list[Passage] = []
    for code, start, end, influence in sorted(passages, key=lambda each: (str(each[0]), each[3], each[1])):
        if found and found[-1][0] == code and found[-1][3] == influence and start <= found[-1][2]:
            last = found.pop()
            start, end = last[1], max(last[2], end)
        found.append((code, start, end, influence))
    return sorted(found, key=lambda each: (each[1], each[2], str(each[0])))
