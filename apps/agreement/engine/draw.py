"""The stratified rolling draw of a round, and who codes what. Same seed, same transcripts: same draw."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import ceil
from typing import Literal

Stratum = tuple[str, ...]
"""One value for each dimension of the plan, such as (group, site, interviewer)."""

Why = Literal["minimum", "share"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A transcript that can be drawn; its key names it and gives it its place in the seeded order."""

    key: str
    stratum: Stratum


@dataclass(frozen=True, slots=True)
class Demand:
    """How many are wanted: so many, or a share of all, and so many from each value of a stratum.

    `minima` stands in the order of the dimensions of a stratum; `own` has the values, by dimension, from
    which another number is wanted than from the others.
    """

    at_least: int
    share: float
    minima: tuple[int, ...] = ()
    own: Mapping[tuple[int, str], int] = field(default_factory=dict)

    def wanted(self, known: int) -> int:
        """The larger of the number and the share of all that are known, never more than those."""
        return min(known, max(self.at_least, part(self.share, known)))

    def minimum(self, dimension: int, value: str) -> int:
        """How many are wanted from one value at least, such as one group."""
        return self.own.get((dimension, value), self.minima[dimension])


@dataclass(frozen=True, slots=True)
class Drawn:
    key: str
    stratum: Stratum
    why: Why


def part(share: float, known: int) -> int:
    """A share of so many, rounded up; exact for what was written with decimals."""
    return ceil(Fraction(str(share)) * known)


def place(seed: int, name: str) -> str:
    """Where a transcript stands in the seeded order: SHA-256 of "seed:name", whatever else there is."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def queues(candidates: Sequence[Candidate], seed: int) -> dict[Stratum, list[Candidate]]:
    """The candidates of each stratum in their seeded order, which does not depend on when they came."""
    found: dict[Stratum, list[Candidate]] = defaultdict(list)
    for candidate in sorted(candidates, key=lambda each: (place(seed, each.key), each.key)):
        found[candidate.stratum].append(candidate)
    return dict(found)


def draw(
    candidates: Sequence[Candidate],
    demand: Demand,
    *,
    seed: int,
    taken: Sequence[Stratum] = (),
    known: int | None = None,
    limit: int | None = None,
) -> tuple[Drawn, ...]:
    """What is taken next: first what fills a minimum, then in proportion to the strata, to the number wanted.

    `taken` are the strata of what is in the round already; `known` is how many transcripts there will be, so
    far as one knows (else those at hand); `limit` cuts the draw short, and the rest is drawn later.
    Within a stratum the order is the seeded one, always.
    """
    waiting = queues(candidates, seed)
    sizes = Counter(taken) + Counter({stratum: len(queue) for stratum, queue in waiting.items()})
    counts = Counter(taken)
    wanted = demand.wanted(max(known or 0, len(candidates) + len(taken)))
    drawn: list[Drawn] = []
    while limit is None or len(drawn) < limit:
        heads = [stratum for stratum, queue in waiting.items() if queue]
        needed = {stratum: needs(stratum, counts, demand) for stratum in heads}
        if any(needed.values()):
            chosen = min(heads, key=lambda each: (-needed[each], *_turn(each, counts, sizes, seed)))
        elif heads and counts.total() < wanted:
            chosen = min(heads, key=lambda each: _turn(each, counts, sizes, seed))
        else:
            break
        drawn.append(Drawn(waiting[chosen].pop(0).key, chosen, "minimum" if needed[chosen] else "share"))
        counts[chosen] += 1
    return tuple(drawn)


def needs(stratum: Stratum, counts: Counter[Stratum], demand: Demand) -> int:
    """How many minima a transcript of this stratum would help to fill."""
    return sum(
        within(counts, dimension, stratum[dimension]) < demand.minimum(dimension, stratum[dimension])
        for dimension in range(len(demand.minima))
    )


def within(counts: Counter[Stratum], dimension: int, value: str) -> int:
    """How many of those counted have this value, such as how many are of one group."""
    return sum(number for stratum, number in counts.items() if stratum[dimension] == value)


def _turn(
    stratum: Stratum, counts: Counter[Stratum], sizes: Counter[Stratum], seed: int
) -> tuple[Fraction, str]:
    """Whose turn it is: the stratum of which the smallest part is taken; ties by the seed."""
    return Fraction(2 * counts[stratum] + 1, sizes[stratum]), place(seed, "\x1f".join(stratum))


def share_out(
    keys: Sequence[str],
    coders: Sequence[str],
    *,
    each: int,
    seed: int,
    given: Sequence[tuple[str, ...]] = (),
    barred: Mapping[str, frozenset[str]] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Gives each transcript to `each` coders: numbers differ by one at most, and pairs take turns.

    `given` are the coders of transcripts that are in the round already. Who is barred from a transcript does
    not get it; where too few are left it is given to nobody, and stands in the answer with no coders.
    """
    loads = Counter(coder for group in given for coder in group)
    pairs = Counter(pair for group in given for pair in combinations(sorted(group), 2))
    shared: dict[str, tuple[str, ...]] = {}
    for key in keys:
        free = [coder for coder in coders if coder not in (barred or {}).get(key, frozenset())]
        chosen = min(
            combinations(free, each),
            key=lambda group: (
                sum(loads[coder] for coder in group),
                sum(pairs[pair] for pair in combinations(sorted(group), 2)),
                place(seed, "\x1f".join((key, *group))),
            ),
            default=(),
        )
        loads.update(chosen)
        pairs.update(combinations(sorted(chosen), 2))
        shared[key] = chosen
    return shared
