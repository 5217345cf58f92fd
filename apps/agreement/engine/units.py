"""Units of counting, laid over the participants' speech of transcripts.

A level cuts the speech into pieces, each belonging to one unit; units never hold interviewer speech. A unit
counts as coded when at least one of its own characters is coded, so a span over interviewer speech alone
codes nothing. Because units follow one another, a span covers a run of consecutive units. Transcripts are
cut many at once, laid behind one another on a line; no unit reaches from one into the next.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from .study import ROLES, Bools, Ints, Role, Transcript

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


ALWAYS = -1
"""The role of a text without turns: it is speech throughout, whoever counts."""

NO_BOUNDS: Ints = np.zeros((0, 2), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Transcripts behind one another: `offsets` says where each begins, and at last where the line ends.

    A text without turns is one turn, and one whose words are not known is one word.
    """

    offsets: Ints
    turns: Ints
    roles: Ints
    sentences: Ints
    words: Ints

    @classmethod
    def of(cls, transcripts: Sequence[Transcript]) -> Line:
        lengths = np.array([transcript.length for transcript in transcripts], dtype=np.int64)
        offsets = np.append(0, np.cumsum(lengths))
        turns = [_turns(transcript) for transcript in transcripts]
        return cls(
            offsets,
            _in_line([of_text for of_text, _ in turns], offsets),
            np.concatenate([NO_BOUNDS[:, 0], *(roles for _, roles in turns)]),
            _in_line([transcript.sentences for transcript in transcripts], offsets),
            _in_line([_words(transcript) for transcript in transcripts], offsets),
        )

    def text_at(self, places: Ints) -> Ints:
        """Say in which of the texts each place lies."""
        return np.searchsorted(self.offsets, places, side="right") - 1


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


def pieces(line: Line, level: Level, rules: UnitRules) -> Pieces:
    """Cut the speech of all transcripts of a line into the units of a level (ask `missing` first)."""
    starts, ends = speech(line, rules.roles)
    if level in ("character", "transcript"):
        return _numbered(starts, ends, line.text_at(starts))
    if level == "turn":
        return _with_words(line, starts, ends, np.arange(len(starts)))
    if level == "sentence":
        return _with_words(line, *intersect(starts, ends, line.sentences))
    starts, ends, sentence = intersect(starts, ends, _closed_up(line))
    return _with_words(line, starts, ends, _answer_of(line, starts, ends, sentence, rules))


def answers(transcript: Transcript, rules: UnitRules | None = None) -> list[tuple[int, int]]:
    """Give the extent of each answer, in order; interviewer speech of four words or fewer may lie within."""
    return pieces(Line.of([transcript]), "answer", rules or UnitRules()).extents()


def speech(line: Line, roles: Sequence[Role]) -> tuple[Ints, Ints]:
    """Give starts and ends of the turns whose role counts."""
    counted = _counted(line.roles, roles)
    return line.turns[counted, 0], line.turns[counted, 1]


def has_speech(transcript: Transcript, roles: Sequence[Role]) -> bool:
    """Say whether anybody whose role counts says something."""
    return bool(_counted(_turns(transcript)[1], roles).any())


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


def _counted(of_turns: Ints, roles: Sequence[Role]) -> Bools:
    """Say whose turns count; the last place is that of ALWAYS."""
    return np.array([*(role in roles for role in ROLES), True])[of_turns]


def _with_words(line: Line, starts: Ints, ends: Ints, unit: Ints) -> Pieces:
    """Number the units from 0, leaving out those without a word."""
    words = _words_between(line.words, starts, ends)
    spoken = np.bincount(unit, weights=words)[unit] > 0
    return _numbered(starts[spoken], ends[spoken], unit[spoken])


def _numbered(starts: Ints, ends: Ints, unit: Ints) -> Pieces:
    return Pieces(starts, ends, np.cumsum(np.diff(unit, prepend=unit[:1]) != 0))


def _words_between(words: Ints, starts: Ints, ends: Ints) -> Ints:
    """Count the words of which at least one character lies in each [start, end)."""
    first = np.searchsorted(words[:, 1], starts, side="right")
    after = np.searchsorted(words[:, 0], ends, side="left")
    between: Ints = np.maximum(after - first, 0)
    return between


def _closed_up(line: Line) -> Ints:
    """Let each sentence reach to the next, so that no speech falls between two of them."""
    starts = line.sentences[:, 0]
    text = line.text_at(starts)
    opens = np.where(np.diff(text, prepend=-1) != 0, line.offsets[text], starts)
    return np.column_stack([opens, np.append(opens, line.offsets[-1])[1:]])


def _answer_of(line: Line, starts: Ints, ends: Ints, sentence: Ints, rules: UnitRules) -> Ints:
    """Number the answer of each piece: a new one after a substantive question, and after a long stretch."""
    turn_words = _words_between(line.words, line.turns[:, 0], line.turns[:, 1])
    asks = (line.roles == ROLES.index("interviewer")) & (turn_words > rules.backchannel_words)
    another_text = np.diff(line.text_at(line.turns[:, 0]), prepend=0) != 0
    block = np.cumsum(asks | another_text)[np.searchsorted(line.turns[:, 1], ends, side="left")]
    word_starts = line.words[:, 0]
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


def _in_line(bounds: Sequence[Ints], offsets: Ints) -> Ints:
    shifted = [of_text + offset for of_text, offset in zip(bounds, offsets[:-1].tolist(), strict=True)]
    return np.concatenate([NO_BOUNDS, *shifted])


def _turns(transcript: Transcript) -> tuple[Ints, Ints]:
    """Give the turns and their roles."""
    if len(transcript.turns) or not transcript.length:
        return transcript.turns, transcript.roles
    return _whole(transcript), np.array([ALWAYS])


def _words(transcript: Transcript) -> Ints:
    return _whole(transcript) if transcript.words is None else transcript.words


def _whole(transcript: Transcript) -> Ints:
    return np.array([[0, transcript.length]]) if transcript.length else NO_BOUNDS
