"""Did agreement change? The difference between two groups of transcripts, or between two rounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .bootstrap import FEWEST_TRANSCRIPTS, Interval, draws, interval, strata_of
from .estimating import with_interval, without_value
from .measures import Moments, evaluate
from .report import assess, everybody, reason_for
from .results import Estimate, FigureKind, Parameters, Reason
from .study import Floats, InputError, Ints
from .tables import Tables
from .units import Level


@dataclass(frozen=True, slots=True)
class Difference:
    """The second figure less the first, of one coefficient of one code, with its interval."""

    level: Level
    kind: FigureKind
    code: str | None
    measure: str
    first: float | None
    second: float | None
    difference: Estimate


def compare_groups(
    tables: Tables, grouping: str, first: str, second: str, parameters: Parameters
) -> tuple[Difference, ...]:
    """Compare two groups of transcripts of one study, over all coders of each."""
    places = []
    for value in (first, second):
        members = [row for row, groups in enumerate(tables.groups) if groups.get(grouping) == value]
        if not members:
            raise InputError(f"grouping {grouping!r}: no transcript to compare has the value {value!r}")
        places.append(np.array(members))
    return _compare((tables, places[0]), (tables, places[1]), parameters)


def compare_rounds(first: Tables, second: Tables, parameters: Parameters) -> tuple[Difference, ...]:
    """Compare two rounds; a transcript that is in both (a re-test) is drawn for both alike."""
    if not first.transcripts or not second.transcripts:
        return ()
    everything = (np.arange(len(tables.transcripts)) for tables in (first, second))
    return _compare((first, next(everything)), (second, next(everything)), parameters)


def _compare(
    first: tuple[Tables, Ints], second: tuple[Tables, Ints], parameters: Parameters
) -> tuple[Difference, ...]:
    weights = _joint_draws(first, second, parameters)
    found: list[Difference] = []
    for level in parameters.levels:
        if level == "transcript" or level not in first[0].levels or level not in second[0].levels:
            continue
        found.extend(_of_level(level, first, second, weights, parameters))
    return tuple(found)


def _joint_draws(
    first: tuple[Tables, Ints], second: tuple[Tables, Ints], parameters: Parameters
) -> tuple[Floats, Floats] | None:
    """Draw for both sides: apart for transcripts of one side only, together for those of both."""
    names = [[tables.transcripts[place] for place in places] for tables, places in (first, second)]
    if min(len(side) for side in names) < FEWEST_TRANSCRIPTS or parameters.replicates == 0:
        return None
    strata = {
        tables.transcripts[place]: tables.strata[place]
        for tables, places in (second, first)
        for place in places
    }
    shared = set(names[0]) & set(names[1])
    column: dict[str, Floats] = {}
    for stream, members in (
        ("first", set(names[0]) - shared),
        ("second", set(names[1]) - shared),
        ("both", shared),
    ):
        ordered = sorted(members)
        drawn = draws(
            [strata[name] for name in ordered],
            replicates=parameters.replicates,
            seed=parameters.seed,
            stream=stream,
        )
        column |= {name: drawn[:, place] for place, name in enumerate(ordered)}
    left, right = (np.stack([column[name] for name in side], axis=1) for side in names)
    return left, right


def _of_level(
    level: Level,
    first: tuple[Tables, Ints],
    second: tuple[Tables, Ints],
    weights: tuple[Floats, Floats] | None,
    parameters: Parameters,
) -> Iterator[Difference]:
    sides = [
        assess(tables, level, everybody(tables, places), parameters.min_units)
        for tables, places in (first, second)
    ]
    measures = [name for name in sides[0].sums.names() if name in sides[1].sums.names()]
    rows = [name for name in sides[0].names if name in sides[1].names]
    places = [[side.names.index(row) for row in rows] for side in sides]
    points = [_values(side.sums, measures, None)[:, own, 0] for side, own in zip(sides, places, strict=True)]
    bounds = _bounds([side.sums for side in sides], measures, places, weights, first, second, parameters)
    transcripts = min(len(first[1]), len(second[1]))
    for row, (kind, code) in enumerate(rows):
        statuses = [side.statuses[own[row]] for side, own in zip(sides, places, strict=True)]
        for measure, name in enumerate(measures):
            values = [float(point[measure, row]) for point in points]
            reasons = [
                reason_for(status, value, name) for status, value in zip(statuses, values, strict=True)
            ]
            before, after = (None if why else value for value, why in zip(values, reasons, strict=True))
            change = _difference(values, reasons, bounds, (measure, row), transcripts)
            yield Difference(level, kind, code, name, before, after, change)


def _difference(
    values: Sequence[float],
    reasons: Sequence[Reason | None],
    bounds: Interval | None,
    place: tuple[int, int],
    transcripts: int,
) -> Estimate:
    missing = next((reason for reason in reasons if reason is not None), None)
    if missing is not None:
        return without_value(missing)
    return with_interval(values[1] - values[0], bounds, place, transcripts)


def _values(sums: Moments, measures: Sequence[str], weights: Floats | None) -> Floats:
    if weights is None:
        weights = np.ones((1, len(sums.units)))
    names = sums.names()
    values: Floats = evaluate(sums, weights)[[names.index(measure) for measure in measures]]
    return values


def _bounds(
    sums: Sequence[Moments],
    measures: Sequence[str],
    places: Sequence[Sequence[int]],
    weights: tuple[Floats, Floats] | None,
    first: tuple[Tables, Ints],
    second: tuple[Tables, Ints],
    parameters: Parameters,
) -> Interval | None:
    """Read the interval off the differences; it is widened as the smaller side needs."""
    if weights is None:
        return None
    left, right = (
        _values(own, measures, drawn)[:, rows] for own, drawn, rows in zip(sums, weights, places, strict=True)
    )
    tables, members = min(first, second, key=lambda side: len(side[1]))
    return interval(
        right - left,
        confidence=parameters.confidence,
        form=parameters.interval_form,
        transcripts=len(members),
        strata=len(strata_of([tables.strata[place] for place in members])),
    )
