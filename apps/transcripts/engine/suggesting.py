"""Guess from a file's name whose interview it holds."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import TypeVar

Key = TypeVar("Key")

_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_DIGITS_THAT_TELL = 5  # as many as no day, year or time of an interview has
_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")


def suggest(file_name: str, names: Mapping[Key, Iterable[str]]) -> Key | None:
    """Return the key of the longest name that stands in the file's name; None where none or two do.

    Case, separators and leading zeros do not matter: "HubClient_7-final.docx" holds "Hub client 07". A name
    must begin and end where a word or a number does; a short number alone says nothing.
    """
    found = _runs(_tokens(PurePath(file_name).stem))
    lengths = {
        key: max((_length_within(name, found) for name in each), default=0) for key, each in names.items()
    }
    longest = max(lengths.values(), default=0)
    best = [key for key, length in lengths.items() if length == longest]
    return best[0] if longest and len(best) == 1 else None


def _length_within(name: str, found: set[str]) -> int:
    folded = "".join(_tokens(name))
    is_telling = len(folded) >= (_DIGITS_THAT_TELL if folded.isdigit() else 2)
    return len(folded) if is_telling and folded in found else 0


def _tokens(name: str) -> list[str]:
    words = _TOKEN.findall(_CAMEL.sub(" ", name))
    return [word.lstrip("0") or "0" if word.isdigit() else word.casefold() for word in words]


def _runs(tokens: list[str]) -> set[str]:
    """Every stretch of neighbouring tokens, written without gaps."""
    places = range(len(tokens))
    return {"".join(tokens[start : end + 1]) for start in places for end in places if start <= end}
