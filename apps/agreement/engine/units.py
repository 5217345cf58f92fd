"""Units of counting, laid over the participants' speech of a transcript.

A level cuts the speech into pieces, each belonging to one unit; units never hold interviewer speech. A unit
counts as coded when at least one of its own characters is coded, so a span over interviewer speech alone
codes nothing. Because units follow one another, a span covers a run of consecutive units.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from .study import ROLES, Ints, Role, Transcript

Level = Literal["answer", "sentence", "turn", "character", "transcript"]
LEVELS: tuple[Level, ...] = get_args(Level)

BACKCHANNEL_WORDS = 4
ANSWER_WORDS = 120


@dataclass(frozen=True, slots=True)
class UnitRules:
    """How speech is cut: whose speech counts, what ends an answer, and when a long answer is cut."""

    roles: tuple[Role, ...] = ("participant",)
    backchannel_words: int = BACKCHANNEL_WORDS
    answer_words: int = ANSWER_WORDS


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Stretches of speech in order, each with the number of its unit (non-decreasing from 0)."""

    starts: Ints
    ends: Ints
    unit: Ints

    @property
    def units(self) -> int:
        return int(self.unit[-1]) + 1 if len(self.unit) else 0

    def extents(self) -> list[tuple[int, int]]:
        """Give first and last offset of each unit, in order."""
        firsts = np.flatnonzero(np.diff(self.unit, prepend=-1))
        lasts = np.append(firsts[1:], len(self.unit)) - 1
        return [
            (int(start), int(end)) for start, end in zip(self.starts[firsts], self.ends[lasts], strict=True)
        ]


def missing(transcript: Transcript, level: Level) -> str | None:
    """Say which boundaries the level needs and the transcript does not have, or None."""
    if transcript.length == 0 or level in ("character", "transcript"):
        return None
    if level in ("answer", "turn") and len(transcript.turns) == 0:
        return "no_turns"
    if level in ("answer", "sentence") and len(transcript.sentences) == 0:
        return "no_sentences"
    if level == "answer" and transcript.words is None:
        return "no_words"
    return None


def pieces(transcript: Transcript, level: Level, rules: UnitRules) -> Pieces:
    """Cut the speech of one transcript into the units of a level (ask `missing` first)."""
    starts, ends = speech(transcript, rules.roles)
    if len(starts) == 0 or level in ("character", "transcript"):
        return Pieces(starts, ends, np.zeros(len(starts), dtype=np.int64))
    if level == "turn":
        return _with_words(transcript, starts, ends, np.arange(len(starts)))
    if level == "sentence":
        return _with_words(transcript, *intersect(starts, ends, transcript.sentences))
    starts, ends, sentence = intersect(starts, ends, _closed_up(transcript.sentences, transcript.length))
    return _with_words(transcript, starts, ends, _answer_of(transcript, starts, ends, sentence, rules))


def answers(transcript: Transcript, rules: UnitRules | None = None) -> list[tuple[int, int]]:
    """Give the extent of each answer, in order; interviewer speech of four words or fewer may lie within."""
    return pieces(transcript, "answer", rules or UnitRules()).extents()


def speech(transcript: Transcript, roles: Sequence[Role]) -> tuple[Ints, Ints]:
    """Give starts and ends of the turns whose role counts; a text without turns is speech throughout."""
    if len(transcript.turns) == 0:
        whole = np.array([0] if transcript.length else [], dtype=np.int64)
        return whole, whole + transcript.length
    wanted = np.array([role in roles for role in ROLES])
    counted = wanted[transcript.roles]
    return transcript.turns[counted, 0], transcript.turns[counted, 1]


def intersect(starts: Ints, ends: Ints, others: Ints) -> tuple[Ints, Ints, Ints]:
    """Intersect two ordered lists of intervals; also say to which of `others` each piece belongs.

    Speech outside every sentence belongs to none and is left out.
    """
    cuts = np.concatenate([starts, ends, others.ravel()])
    cuts.sort()
    left, right = cuts[:-1], cuts[1:]
    own = np.searchsorted(starts, left, side="right") - 1
    other = np.searchsorted(others[:, 0], left, side="right") - 1
    inside = (own >= 0) & (other >= 0) & (left < right)
    inside[inside] = (left[inside] < ends[own[inside]]) & (left[inside] < others[other[inside], 1])
    return left[inside], right[inside], other[inside]


def _with_words(transcript: Transcript, starts: Ints, ends: Ints, unit: Ints) -> Pieces:
    """Number the units from 0, leaving out those without a word (where words are known)."""
    if transcript.words is not None and len(unit):
        words = _words_between(transcript.words, starts, ends)
        spoken = np.bincount(unit, weights=words)[unit] > 0
        starts, ends, unit = starts[spoken], ends[spoken], unit[spoken]
    numbers = np.cumsum(np.diff(unit, prepend=unit[:1]) != 0) if len(unit) else unit
    return Pieces(starts, ends, numbers.astype(np.int64))


def _words_between(words: Ints, starts: Ints, ends: Ints) -> Ints:
    """Count the words of which at least one character lies in each [start, end)."""
    first = np.searchsorted(words[:, 1], starts, side="right")
    after = np.searchsorted(words[:, 0], ends, side="left")
    between: Ints = np.maximum(after - first, 0)
    return between


def _closed_up(sentences: Ints, length: int) -> Ints:
    """Let each sentence reach to the next, so that no speech falls between two of them."""
    inner = sentences[1:, 0]
    return np.column_stack([np.append(0, inner), np.append(inner, length)])


def _answer_of(transcript: Transcript, starts: Ints, ends: Ints, sentence: Ints, rules: UnitRules) -> Ints:
    """Number the answer of each piece: a new one after a substantive question, and after a long stretch."""
    assert transcript.words is not None
    turn_words = _words_between(transcript.words, transcript.turns[:, 0], transcript.turns[:, 1])
    asks = (transcript.roles == ROLES.index("interviewer")) & (turn_words > rules.backchannel_words)
    block = np.cumsum(asks)[np.searchsorted(transcript.turns[:, 1], ends, side="left")]
    word_starts = transcript.words[:, 0]
    spoken = np.cumsum(np.searchsorted(word_starts, ends) - np.searchsorted(word_starts, starts))
    return _cut(block, sentence, spoken, rules.answer_words)


def _cut(block: Ints, sentence: Ints, spoken: Ints, limit: int) -> Ints:
    """Close an answer at each change of block, and at the first sentence end once `limit` words were said."""
    rows = len(block)
    if rows == 0:
        return block
    new_block = np.append(False, block[1:] != block[:-1])
    sentence_ends = np.append((sentence[1:] != sentence[:-1]) | new_block[1:], True)
    opens = new_block.copy()
    closing = np.flatnonzero(sentence_ends)
    said = spoken[closing].tolist()
    block_ends = np.append(np.flatnonzero(new_block), rows)
    block_starts = np.append(0, block_ends[:-1])
    said_before = np.append(0, spoken[block_ends[:-1] - 1])
    first_closing = np.searchsorted(closing, block_starts)
    last_closing = np.searchsorted(closing, block_ends - 1)
    columns = (said_before.tolist(), first_closing.tolist(), last_closing.tolist())
    for base, place, last in zip(*columns, strict=True):
        while (place := bisect_left(said, base + limit, place)) < last:
            opens[closing[place] + 1] = True
            base = said[place]
            place += 1
    return np.cumsum(opens).astype(np.int64)
