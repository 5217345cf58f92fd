"""What stands around a passage, and the question before it. Offsets are code points."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

INTERVIEWER = "interviewer"
# An interviewer's turn of four words or fewer ("Mm", "And then?") asks nothing.
SHORT = 4


@dataclass(frozen=True)
class Utterance:
    """A turn without its words."""

    position: int
    start: int
    end: int
    role: str


@dataclass(frozen=True)
class Surroundings:
    """The words of a passage, of its turns before and after it, and of the question that it answers."""

    turn_number: int
    role: str
    question: str
    before: str
    words: str
    after: str


def surroundings(
    text: str, turns: Sequence[Utterance], start: int, end: int, *, most: int = 280
) -> Surroundings:
    """The passage [start, end) in its place; before and after hold at most `most` code points each."""
    first = max(0, bisect_right(turns, start, key=lambda turn: turn.start) - 1)
    last = max(0, bisect_right(turns, end - 1, key=lambda turn: turn.start) - 1)
    return Surroundings(
        turn_number=turns[first].position + 1,
        role=turns[first].role,
        question=_question(text, turns, first),
        before=_tail(text[turns[first].start : start], most),
        words=text[start:end],
        after=_head(text[end : turns[last].end], most),
    )


def _question(text: str, turns: Sequence[Utterance], place: int) -> str:
    """What the interviewer said last before a turn, and at more length than a few words."""
    for turn in reversed(turns[:place]):
        words = text[turn.start : turn.end]
        if turn.role == INTERVIEWER and len(words.split()) > SHORT:
            return words
    return ""


def _tail(words: str, most: int) -> str:
    return words if len(words) <= most else f"… {words[-most:].partition(' ')[2]}"


def _head(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[:most].rpartition(' ')[0]} …"
