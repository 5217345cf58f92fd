"""What somebody looks for, and where it was found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Signs that no keyboard has and no transcript holds; the database puts them around what it found.
START, STOP = "\ue000", "\ue001"

_PART = re.compile(r'"([^"]*)"?|(\S+)')


@dataclass(frozen=True)
class Term:
    """Words that must follow one another, or the beginning of a word."""

    words: str
    is_beginning: bool = False


def terms(asked: str) -> list[Term]:
    """`night "called in sick" manag*`: all of them must be there; an open quotation runs to the end."""
    asked = asked.translate({ord(sign): '"' for sign in "“”„«»"})
    return list(_terms(asked))


def _terms(asked: str) -> Iterator[Term]:
    for phrase, word in _PART.findall(asked):
        words, is_beginning = (phrase, False) if phrase else (word.rstrip("*"), word.endswith("*"))
        if any(character.isalnum() for character in words):
            yield Term(words, is_beginning)


@dataclass(frozen=True)
class Piece:
    """A stretch of words, found or between what was found."""

    words: str
    is_hit: bool = False


def pieces(marked: str) -> list[Piece]:
    """The words between the database's signs, in order; together they are the whole text."""
    found, rest = [], marked
    while rest:
        before, start, rest = rest.partition(START)
        hit, _, rest = rest.partition(STOP) if start else ("", "", "")
        found += [piece for piece in (Piece(before), Piece(hit, True)) if piece.words]
    return found


def between(words: str, start: int, end: int) -> list[Piece]:
    """The words with [start, end) as the hit; either end may lie outside of them."""
    start, end = max(start, 0), min(end, len(words))
    cut = [Piece(words[:start]), Piece(words[start:end], True), Piece(words[end:])]
    return [piece for piece in cut if piece.words]


def snippet(found: list[Piece], *, around: int = 110) -> list[Piece]:
    """The first hit and what stands near it, cut between words."""
    hits = [place for place, piece in enumerate(found) if piece.is_hit]
    if not hits:
        return [Piece(_head("".join(piece.words for piece in found), 2 * around))]
    first = hits[0]
    before = "".join(piece.words for piece in found[:first])
    kept = [Piece(_tail(before, around))] if before else []
    room = 2 * around
    for piece in found[first:]:
        if len(piece.words) > room and not piece.is_hit:
            kept.append(Piece(_head(piece.words, room)))
            break
        kept.append(piece)
        room -= len(piece.words)
        if room <= 0:
            break
    return kept


def _head(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[:most].rsplit(' ', 1)[0]} …"


def _tail(words: str, most: int) -> str:
    return words if len(words) <= most else f"… {words[-most:].split(' ', 1)[-1]}"
