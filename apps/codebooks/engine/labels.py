"""Short labels and hues of codes: constructs a, b, c, their children a1, a2, theirs a1a, and so on."""

from collections.abc import Collection, Iterator, Sequence
from itertools import count

LONGEST = 8
HUES = 8
# Codes outside the framework are x1, x2 and so on, so no construct is called x.
_OUTSIDE = "x"


def next_label(parent: str, taken: Collection[str], *, is_outside: bool = False) -> str:
    """The first label under `parent` ("" for the top) that is not taken; "" where labels end."""
    candidate = next(label for label in _labels(parent, is_outside=is_outside) if label not in taken)
    return candidate if len(candidate) <= LONGEST else ""


def next_hue(used: Sequence[int]) -> int:
    """The hue for another construct: 1 to 8, then those again that are used least."""
    return min(range(1, HUES + 1), key=lambda hue: (used.count(hue), hue))


def _labels(parent: str, *, is_outside: bool) -> Iterator[str]:
    if is_outside and not parent:
        return (f"{_OUTSIDE}{number}" for number in count(1))
    if parent and parent[-1].isalpha():
        return (f"{parent}{number}" for number in count(1))
    letters = (_letters(number) for number in count(1))
    return (f"{parent}{each}" for each in letters if parent or each != _OUTSIDE)


def _letters(number: int) -> str:
    """1 is a, 26 is z, 27 is aa: as spreadsheets name their columns."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
