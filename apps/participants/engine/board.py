"""The sampling board as plain numbers: how far people came, and what a cell still needs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

LISTED: Final = "listed"
INVITED: Final = "invited"
BOOKED: Final = "booked"
INTERVIEWED: Final = "interviewed"
DECLINED: Final = "declined"
NOT_ELIGIBLE: Final = "not_eligible"
WITHDREW: Final = "withdrew"

_OF_STEP: Final = {
    "approached": INVITED,
    "replied": INVITED,
    "booked": BOOKED,
    "interviewed": INTERVIEWED,
    "declined": DECLINED,
    "not_eligible": NOT_ELIGIBLE,
    "withdrew": WITHDREW,
}
MOST_SQUARES = 24


def standing(step: str, interviews: Iterable[str]) -> str:
    """Where a person stands, by their last recruitment step and the states of their interviews.

    Somebody who withdrew counts as nothing else; an interview that was held outweighs every other step; a
    booking that was cancelled is an invitation again.
    """
    by_step = _OF_STEP.get(step, LISTED)
    states = set(interviews)
    if by_step == WITHDREW:
        return WITHDREW
    if "held" in states:
        return INTERVIEWED
    if by_step in (DECLINED, NOT_ELIGIBLE):
        return by_step
    if "booked" in states:
        return BOOKED
    if by_step == BOOKED and states:
        return INVITED
    return by_step


@dataclass(frozen=True)
class Target:
    """At least and at most how many interviews; None where nothing was said."""

    minimum: int | None = None
    maximum: int | None = None

    @property
    def number(self) -> int | None:
        """The one number that stands behind "of"."""
        return self.minimum if self.minimum is not None else self.maximum

    @property
    def words(self) -> str:
        if self.minimum is not None and self.maximum is not None and self.minimum != self.maximum:
            return f"{self.minimum}–{self.maximum}"
        return "" if self.number is None else str(self.number)


@dataclass(frozen=True)
class Standings:
    """How many people of a cell stand where, against its target."""

    target: Target = field(default_factory=Target)
    interviewed: int = 0
    booked: int = 0
    invited: int = 0
    gone: int = 0
    listed: int = 0

    @classmethod
    def of(cls, counted: Counter[str], target: Target | None = None) -> "Standings":
        return cls(
            target=target or Target(),
            interviewed=counted[INTERVIEWED],
            booked=counted[BOOKED],
            invited=counted[INVITED],
            gone=counted[DECLINED] + counted[NOT_ELIGIBLE] + counted[WITHDREW],
            listed=counted[LISTED],
        )

    @property
    def to_find(self) -> int:
        """Interviews that nobody is booked for."""
        return max(0, (self.target.minimum or 0) - self.interviewed - self.booked)

    @property
    def too_many(self) -> int:
        return max(0, self.interviewed - self.target.maximum) if self.target.maximum is not None else 0

    @property
    def state(self) -> str:
        """short, over, booked (enough once they are held), met, or none without a target."""
        if self.target.number is None:
            return "none"
        if self.to_find:
            return "short"
        if self.too_many:
            return "over"
        return "met" if self.interviewed >= (self.target.minimum or 0) else "booked"

    @property
    def squares(self) -> list[str]:
        """A sign for each interview: done, booked, to find. Empty where there would be too many."""
        signs = ["done"] * self.interviewed + ["booked"] * self.booked + ["wanted"] * self.to_find
        return signs if len(signs) <= MOST_SQUARES else []

    @property
    def is_empty(self) -> bool:
        return not (self.interviewed or self.booked or self.invited or self.gone or self.listed)


def represented(count: int, *, among: int, values: int) -> str:
    """Of a value without a target: "missing", "over" (more than twice its even share of ten), or nothing."""
    if count == 0:
        return "missing"
    if among >= 10 and values > 2 and count * values > 2 * among:
        return "over"
    return ""
