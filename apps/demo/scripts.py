"""The interviews of all 63 people: eight as written, the others composed."""

from collections import Counter

from apps.demo import library
from apps.demo.engine.chance import seeded
from apps.demo.engine.compose import Speaker, compose
from apps.demo.engine.script import Script
from apps.demo.library import Person

WORDS_A_MINUTE = 145
EXCERPT_SHARE = 0.8
"""A transcript with less than this share of what its minutes should hold is called an excerpt."""
LENGTHS = {"Round 1": (3200, 3500), "Round 2": (4700, 5000), "Round 3": (3400, 3700)}
SHORTER = (2000, 2900)


def scripts(*, is_full: bool = False) -> dict[str, Script]:
    """Pseudonym -> interview; with `is_full` all have the length of a real one, for benchmarks."""
    spent: Counter[str] = Counter()
    return {person.pseudonym: _script(person, spent, is_full=is_full) for person in library.people()}


def is_excerpt(person: Person, script: Script) -> bool:
    """Whether much less was said than in so many minutes."""
    return script.words < person.minutes * WORDS_A_MINUTE * EXCERPT_SHARE


def _script(person: Person, spent: Counter[str], *, is_full: bool) -> Script:
    written = None if is_full else library.written_script(person)
    return written or compose(
        library.bank(person.stem),
        Speaker(person.pseudonym, person.voices),
        words=_words(person, is_full=is_full),
        spent=spent,
        may_repeat=is_full,
    )


def _words(person: Person, *, is_full: bool) -> int:
    whole = person.minutes * WORDS_A_MINUTE
    low, high = LENGTHS.get(person.work, SHORTER)
    return whole if is_full else min(whole, seeded("length", person.pseudonym).randrange(low, high))
