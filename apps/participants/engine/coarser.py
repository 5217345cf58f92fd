"""A value in coarser words: its category, the range it falls into, or the year of a date."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal

from apps.participants.engine.values import separate


def coarser(value: str, *, kind: str, categories: Mapping[str, str], bands: Sequence[int]) -> str:
    """The coarser word for a stored value; the value itself where there is none."""
    if kind == "multiple":
        parts = (categories.get(part, part) for part in separate(value))
        return "; ".join(dict.fromkeys(parts))
    if kind == "number" and bands:
        return band(Decimal(value), bands)
    if kind == "date":
        return value[:4]
    return categories.get(value, value)


def band(number: Decimal, bands: Sequence[int]) -> str:
    """The range of a number, such as 18–29; `bands` are the whole numbers with which ranges begin."""
    begins = sorted(bands)
    place = bisect_right(begins, number)
    if place == 0:
        return f"under {begins[0]}"
    if place == len(begins):
        return f"{begins[-1]} or more"
    return f"{begins[place - 1]}–{begins[place] - 1}"


def may_be_coarser(*, kind: str, categories: Mapping[str, str], bands: Sequence[int]) -> bool:
    """Whether `coarser` can say anything else than the value."""
    return bool(categories) or kind == "date" or (kind == "number" and bool(bands))
