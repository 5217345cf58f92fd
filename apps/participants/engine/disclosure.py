"""Could somebody be recognised? By linkage, not by being the only one in the sample.

A reader who holds a quotation knows its pseudonym, by it the row of the table, and what the quotation tells.
All that together fits a number of people in the population, as the administrator states its sizes: with N
people of whom n1 have the first value and n2 the second, N x (n1/N) x (n2/N) if the values were independent,
and never more than the rarest value alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LOW, HIGH, UNKNOWN = "low", "high", "unknown"
# Without a pseudonym no quotation leads to the row: only who is alone in the population stands out.
ALONE: Final = 1.5
DEFAULT_THRESHOLD: Final = 5


@dataclass(frozen=True)
class Assessment:
    """`matching` people of the population fit a row; `unstated` are values of which no size was stated."""

    risk: str
    matching: float | None = None
    unstated: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """How many fit, as one would say it."""
        if self.matching is None:
            return ""
        return "1" if self.matching < 1.5 else str(round(self.matching))


def assess(
    values: Sequence[tuple[str, str]],
    *,
    sizes: Mapping[tuple[str, str], int],
    population: int | None,
    threshold: int,
    is_linked: bool,
) -> Assessment:
    """How many people share the values of a row; pairs are (characteristic, value as it is shown)."""
    limit = threshold if is_linked else ALONE
    known = [sizes[pair] for pair in values if pair in sizes]
    unstated = tuple(value for characteristic, value in values if (characteristic, value) not in sizes)
    bounds = [*known, *([population] if population else [])]
    if not bounds:
        return Assessment(UNKNOWN, unstated=unstated)
    matching = float(min(bounds))
    if population:
        share = 1.0
        for size in known:
            share *= min(size / population, 1)
        matching = min(matching, population * share)
    matching = max(matching, 1.0)
    if matching < limit:
        return Assessment(HIGH, matching, unstated)
    return Assessment(UNKNOWN if unstated else LOW, matching, unstated)
