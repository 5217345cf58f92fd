"""Other words in some turns: the new text, and where each place of the old one lies in it.

All offsets are code points, half-open. A place outside what was changed keeps its words exactly.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple
from unicodedata import category

from apps.transcripts.engine.sentences import sentence_spans

Span = tuple[int, int]

_JOINED = {"Mn", "Mc", "Me", "Cf"}


class Change(NamedTuple):
    """Old [start, end) became new [new_start, new_end); so many characters at its ends stayed the same."""

    start: int
    end: int
    new_start: int
    new_end: int
    same_before: int
    same_after: int


@dataclass(frozen=True)
class Corrected:
    """A whole text with other words in some turns."""

    text: str
    turns: tuple[Span, ...]
    sentences: tuple[Span, ...]
    changes: tuple[Change, ...]


def tidied(words: str) -> str:
    """The words of a turn as a transcript holds them: no blank lines, nothing but spaces at no end."""
    lines = [line.rstrip() for line in re.sub(r"\r\n?", "\n", words).strip().split("\n")]
    return "\n".join(line for line in lines if line)


def correct(
    text: str, turns: Sequence[Span], sentences: Iterable[Span], words: Mapping[int, str]
) -> Corrected:
    """The text with other `words` in some turns, by place of the turn; what lies between turns stays."""
    parts, spans, changes = list[str](), list[Span](), list[Change]()
    at = end_before = 0
    for place, (start, end) in enumerate(turns):
        between, old = text[end_before:start], text[start:end]
        new = words.get(place, old)
        begin = at + len(between)
        parts += [between, new]
        spans.append((begin, begin + len(new)))
        changes += [_shifted(each, start, begin) for each in differences(old, new)]
        at, end_before = begin + len(new), end
    parts.append(text[end_before:])
    kept = _sentences(turns, spans, sentences, words)
    return Corrected("".join(parts), tuple(spans), tuple(kept), tuple(changes))


def _sentences(
    turns: Sequence[Span], spans: Sequence[Span], sentences: Iterable[Span], words: Mapping[int, str]
) -> Iterable[Span]:
    """Those of unchanged turns move along; a changed turn is cut anew."""
    starts = [start for start, _ in turns]
    inside: dict[int, list[Span]] = {}
    for start, end in sentences:
        inside.setdefault(bisect_right(starts, start) - 1, []).append((start, end))
    for place, (begin, _) in enumerate(spans):
        if place in words:
            yield from ((begin + start, begin + end) for start, end in sentence_spans(words[place]))
        else:
            by = begin - starts[place]
            yield from ((start + by, end + by) for start, end in inside.get(place, []))


def differences(old: str, new: str) -> list[Change]:
    """What differs, in whole words; at least one word or sign lies between two of them."""
    if old == new:
        return []
    old_words, new_words = _words(old), _words(new)
    matcher = SequenceMatcher(
        None,
        [old[start:end] for start, end in old_words],
        [new[start:end] for start, end in new_words],
        autojunk=False,
    )
    found, at, new_at = list[Change](), 0, 0
    for first, second, size in matcher.get_matching_blocks():
        # Word by word, for the white space between two words may have changed as well.
        for step in range(size):
            (start, end), (new_start, new_end) = old_words[first + step], new_words[second + step]
            found += _change(old, new, (at, start), (new_at, new_start))
            at, new_at = end, new_end
    return found + _change(old, new, (at, len(old)), (new_at, len(new)))


def _words(text: str) -> list[Span]:
    """Words, and the signs between them; an accent or a joiner goes with the character before it."""
    found: list[Span] = []
    kind_before = " "
    for at, character in enumerate(text):
        kind = " " if character.isspace() else "a" if character.isalnum() else "."
        if kind == "." and category(character) in _JOINED and kind_before != " ":
            kind = kind_before
        if kind != " " and kind == kind_before:
            found[-1] = (found[-1][0], at + 1)
        elif kind != " ":
            found.append((at, at + 1))
        kind_before = kind
    return found


def _change(old: str, new: str, span: Span, new_span: Span) -> list[Change]:
    (start, end), (new_start, new_end) = span, new_span
    while start < end and new_start < new_end and old[start] == new[new_start] and old[start].isspace():
        start, new_start = start + 1, new_start + 1
    while start < end and new_start < new_end and old[end - 1] == new[new_end - 1] and old[end - 1].isspace():
        end, new_end = end - 1, new_end - 1
    was, became = old[start:end], new[new_start:new_end]
    if was == became:
        return []
    shorter = min(len(was), len(became))
    before = _common(was, became, shorter)
    after = _common(was[::-1], became[::-1], shorter - before)
    return [Change(start, end, new_start, new_end, before, after)]


def _common(one: str, other: str, most: int) -> int:
    """How many first characters are the same."""
    return next((at for at in range(most) if one[at] != other[at]), most)


def _shifted(change: Change, by: int, new_by: int) -> Change:
    start, end, new_start, new_end, before, after = change
    return Change(start + by, end + by, new_start + new_by, new_end + new_by, before, after)


def moved(changes: Sequence[Change], start: int, end: int) -> Span | None:
    """Where [start, end) lies in the new text; None where none of its words is left.

    The database moves codings by the same rule (`concord_moved`); a test holds both together.
    """
    span = place(changes, start, is_end=False), place(changes, end, is_end=True)
    return span if span[0] < span[1] else None


def moved_through(steps: Iterable[Sequence[Change]], start: int, end: int) -> Span | None:
    """Where [start, end) lies after several corrections, one after another; None once its words are gone."""
    span: Span | None = (start, end)
    for changes in steps:
        span = moved(changes, *span) if span else None
    return span


def place(changes: Sequence[Change], at: int, *, is_end: bool) -> int:
    """Where a border lies in the new text. What is put in between two words belongs to neither neighbour."""
    index = bisect_right(changes, at, key=lambda each: each.start) - 1
    if index < 0:
        return at
    start, end, new_start, new_end, before, after = changes[index]
    if at > end:
        return at + new_end - end
    if start == end:
        return new_start if is_end else new_end
    if at in (start, end):
        return new_start if at == start else new_end
    if at - start <= before:
        return new_start + at - start
    if end - at <= after:
        return new_end - (end - at)
    return min(new_start + at - start, new_end - after)


def touches(changes: Sequence[Change], start: int, end: int) -> bool:
    """Whether the words of [start, end) are others now."""
    return any(
        (each.start < end and start < each.end) or start < each.start == each.end < end for each in changes
    )
