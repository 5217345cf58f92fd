"""Names that say much the same, to tell somebody who is about to name a code."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

LIKE = 0.8
"""From this share of letters in common (difflib's ratio) two names are alike: a slip of the pen, a plural."""

LONG = 4
"""Shorter words ("of", "the") make no two names alike."""


def are_alike(one: str, other: str) -> bool:
    """Whether two names differ by little, or all longer words of one are in the other."""
    first, second = _words(one), _words(other)
    for spelt in ("".join, lambda words: "".join(sorted(words))):
        if SequenceMatcher(None, spelt(first), spelt(second)).ratio() >= LIKE:
            return True
    telling = [{word for word in words if len(word) >= LONG} for words in (first, second)]
    return all(telling) and (telling[0] <= telling[1] or telling[1] <= telling[0])


def alike(name: str, others: Iterable[tuple[str, Iterable[str]]]) -> list[str]:
    """Of (name, aliases), the names that are like this one, themselves or by an alias."""
    return [other for other, aliases in others if any(are_alike(name, known) for known in (other, *aliases))]


def _words(name: str) -> list[str]:
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter)
    )
    spaced = "".join(letter if letter.isalnum() else " " for letter in bare.casefold())
    return [word.removesuffix("s") for word in spaced.split()]
