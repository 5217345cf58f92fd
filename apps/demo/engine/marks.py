"""What the author of an interview thinks should be coded: whole passages, or some sentences of long ones."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apps.demo.engine.bank import Passage
from apps.demo.engine.script import Mark
from apps.transcripts.engine.words import count_words

FEWEST_WORDS, MOST_WORDS = 25, 70
SECOND_CODE_SHARE = 0.55


@dataclass(frozen=True)
class Placed:
    """A passage and where its sentences stand in the text."""

    passage: Passage
    sentences: tuple[tuple[int, int], ...]


def marks_of(placed: Iterable[Placed], rng: random.Random) -> tuple[Mark, ...]:
    """Marks on every passage that is about a code, a second one on some of those that are about two."""
    return tuple(mark for number, each in enumerate(placed) for mark in _marks(each, number, rng))


def _marks(placed: Placed, number: int, rng: random.Random) -> Iterator[Mark]:
    passage = placed.passage
    if not passage.is_coded:
        return
    first, last = _window([count_words(sentence) for sentence in passage.sentences], rng)
    start, end = placed.sentences[first][0], placed.sentences[last][1]
    yield Mark(start, end, passage.code, passage.influence, number)
    if passage.second_code and rng.random() < SECOND_CODE_SHARE:
        yield Mark(start, end, passage.second_code, passage.influence, number)


def _window(words: list[int], rng: random.Random) -> tuple[int, int]:
    """First and last sentence of the part to mark: 25 to 70 words where the passage has them."""
    last = len(words) - 1
    whole = sum(words)
    if whole <= MOST_WORDS:
        if whole - words[-1] >= FEWEST_WORDS and rng.random() < 0.35:
            return 0, last - 1
        return 0, last
    fitting = [
        (first, to)
        for first in range(last + 1)
        for to in range(first, last + 1)
        if FEWEST_WORDS <= sum(words[first : to + 1]) <= MOST_WORDS
    ]
    return rng.choice(fitting) if fitting else (0, last)
