"""From contact to interview: how many came how far, and why others did not."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

IDENTIFIED, APPROACHED, REPLIED, BOOKED, INTERVIEWED = range(5)
LEVELS: Final = ("identified", "approached", "replied", "booked", "interviewed")
_REACHES: Final = {
    "approached": APPROACHED,
    "reminded": APPROACHED,
    "replied": REPLIED,
    "not_eligible": REPLIED,
    "declined": REPLIED,
    "booked": BOOKED,
    "interviewed": INTERVIEWED,
}
EXITS: Final = ("declined", "not_eligible", "withdrew")


@dataclass(frozen=True)
class Way:
    """How far some people came; `exit` is how they left, if they did."""

    group: str
    site: str
    route: str
    level: int
    exit: str = ""
    reason: str = ""
    people: int = 1


def level(steps: Iterable[str], interviews: Iterable[str] = ()) -> int:
    """The furthest that these steps, and interviews in these states, say of somebody."""
    states = set(interviews)
    by_interview = INTERVIEWED if "held" in states else BOOKED if "booked" in states else IDENTIFIED
    return max([by_interview, *(_REACHES.get(step, IDENTIFIED) for step in steps)])


@dataclass(frozen=True)
class ExitLine:
    """A line of the flow diagram: a kind of leaving, or (without one) a reason; `y` is its place."""

    exit: str
    reason: str
    n: int
    y: int


@dataclass
class Funnel:
    """The counts of some ways. Everybody who came further also came this far."""

    reached: list[int] = field(default_factory=lambda: [0] * len(LEVELS))
    exits: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, way: Way) -> None:
        for place in range(way.level + 1):
            self.reached[place] += way.people
        if way.exit:
            self.exits[way.exit] += way.people
            self.reasons[(way.exit, way.reason)] += way.people

    @property
    def steps(self) -> list[tuple[str, int]]:
        return list(zip(LEVELS, self.reached, strict=True))

    @property
    def no_reply(self) -> int:
        return self.reached[APPROACHED] - self.reached[REPLIED]

    @property
    def response(self) -> float | None:
        """Replied of approached; None where nobody was approached."""
        return self.reached[REPLIED] / self.reached[APPROACHED] if self.reached[APPROACHED] else None

    @property
    def response_percent(self) -> int | None:
        return None if self.response is None else round(100 * self.response)

    @property
    def leaving(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """Each kind of leaving with its reasons."""
        return [(exit, self.why(exit)) for exit in EXITS if self.exits[exit]]

    @property
    def not_approached(self) -> int:
        return self.reached[IDENTIFIED] - self.reached[APPROACHED]

    @property
    def exit_lines(self) -> list[ExitLine]:
        """The leaving and its reasons, line by line beside the flow; at most as many as there is room for."""
        lines = []
        for exit, reasons in self.leaving:
            lines.append((exit, "", self.exits[exit]))
            lines += [("", reason, n) for reason, n in reasons]
        return [
            ExitLine(exit, reason, n, 214 + 18 * place) for place, (exit, reason, n) in enumerate(lines[:10])
        ]

    def why(self, exit: str) -> list[tuple[str, int]]:
        """The reasons of one kind of leaving, most frequent first; an empty reason was not given."""
        found = [(reason, n) for (kind, reason), n in self.reasons.items() if kind == exit]
        return sorted(found, key=lambda each: (-each[1], each[0]))


def funnel(ways: Iterable[Way]) -> Funnel:
    made = Funnel()
    for way in ways:
        made.add(way)
    return made
