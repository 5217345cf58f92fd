"""From tables to the report: which figures are shown, with which interval, and why some are not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import get_args

import numpy as np

from .bootstrap import FEW_TRANSCRIPTS, FEWEST_TRANSCRIPTS, Form, Interval, draws, interval, strata_of
from .estimating import with_interval, without_value
from .measures import Moments, evaluate, moments, with_pools
from .results import (
    ALGORITHM_VERSION,
    DEFAULT_FORM,
    Estimate,
    Figure,
    FigureKind,
    PairCounts,
    Parameters,
    Reason,
    Report,
    Spread,
    Status,
)
from .study import Floats, InputError, Ints, Study
from .tables import LevelTable, Tables, tabulate
from .units import LEVELS, Level, UnitRules

SPREAD_MEASURES = ("krippendorff_alpha", "positive_agreement", "cohen_kappa", "conger_kappa")


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Some transcripts, coded by some coders, with the draws of their bootstrap (None: too few)."""

    grouping: str | None
    group: str | None
    coders: tuple[int, ...]
    pair: bool
    places: Ints
    weights: Floats | None
    strata: int


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """Each code, construct and pool of a sample: name, status, units coded by anybody, and the sums."""

    names: tuple[tuple[FigureKind, str | None], ...]
    statuses: tuple[Status, ...]
    either: Floats
    sums: Moments


def compute(
    study: Study,
    *,
    levels: Sequence[Level] = LEVELS,
    group_by: Sequence[str] = (),
    replicates: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
    interval_form: Form = DEFAULT_FORM,
    min_units: int = 10,
    rules: UnitRules | None = None,
) -> Report:
    """Compute a study; an input without anything to compare gives a report that says so."""
    _check(levels, replicates, confidence, interval_form)
    parameters = Parameters(
        levels=tuple(levels),
        group_by=tuple(group_by),
        replicates=replicates,
        seed=seed,
        confidence=confidence,
        interval_form=interval_form,
        min_units=min_units,
        rules=rules or UnitRules(),
    )
    return summarise(tabulate(study, levels=levels, rules=parameters.rules), parameters)


def _check(levels: Sequence[Level], replicates: int, confidence: float, form: Form) -> None:
    for level in levels:
        if level not in LEVELS:
            raise InputError(f"levels: {level!r} is none of {', '.join(LEVELS)}")
    if replicates < 0:
        raise InputError(f"replicates: {replicates} is negative")
    if not 0.0 < confidence < 1.0:
        raise InputError(f"confidence: {confidence} does not lie between 0 and 1")
    fewest = math.ceil(2.0 / (1.0 - confidence) - 1e-9)  # one beyond each bound
    if 0 < replicates < fewest:
        raise InputError(f"replicates: {replicates} give no interval; take {fewest} or more, or 0 for none")
    if form not in get_args(Form):
        raise InputError(f"interval form: {form!r} is none of {', '.join(get_args(Form))}")


def summarise(tables: Tables, parameters: Parameters) -> Report:
    """Compute the report from stored tables, for whatever levels and groupings are asked for."""
    found: list[Figure] = []
    samples = list(_samples(tables, parameters)) if tables.transcripts else []
    for level in (level for level in parameters.levels if level in tables.levels):
        for sample in samples:
            found.extend(_figures(tables, level, sample, parameters))
    return gather(tables, parameters, found)


def gather(tables: Tables, parameters: Parameters, figures: Sequence[Figure]) -> Report:
    """Put figures beside what they come from: how much was counted, what was left out and why."""
    levels = [level for level in parameters.levels if level in tables.levels]
    used = sum((tables.levels[level].any.sum(axis=0) for level in levels), np.zeros(len(tables.rows)))
    return Report(
        version=ALGORITHM_VERSION,
        input_hash=tables.input_hash,
        parameters=parameters,
        transcripts=tables.transcripts,
        coders=tables.coders,
        codes=tables.rows,
        units={level: int(tables.levels[level].units.sum()) for level in levels},
        unavailable={level: why for level, why in tables.unavailable.items() if level in parameters.levels},
        left_out=tables.left_out,
        not_used=tuple(row.code for row, times in zip(tables.rows, used, strict=True) if times == 0),
        figures=tuple(figures),
        spreads=tuple(spreads(figures)),
        confusions=tables.confusions,
    )


def figures(
    tables: Tables, parameters: Parameters, *, coders: tuple[str, str] | None = None
) -> tuple[Figure, ...]:
    """Give the figures of all coders together, or of one pair, at each level: what a page shows at once."""
    places = np.arange(len(tables.transcripts))
    if coders is None:
        chosen = tuple(int(coder) for coder in np.unique(tables.panel) if coder >= 0)
    else:
        chosen = tables.coders.index(coders[0]), tables.coders.index(coders[1])
        places = places[(tables.slot_of(chosen[0]) >= 0) & (tables.slot_of(chosen[1]) >= 0)]
    if not len(places):
        return ()
    sample = _sample(tables, parameters, {}, None, None, chosen, places)
    levels = [level for level in parameters.levels if level in tables.levels]
    return tuple(figure for level in levels for figure in _figures(tables, level, sample, parameters))


def _samples(tables: Tables, parameters: Parameters) -> Iterator[Sample]:
    """Yield all coders and then each pair, for all transcripts and then for each group."""
    known: dict[tuple[int, ...], tuple[Floats | None, int]] = {}
    for grouping, group, places in _groups(tables, parameters.group_by):
        present = [int(coder) for coder in np.unique(tables.panel[places]) if coder >= 0]
        yield _sample(tables, parameters, known, grouping, group, tuple(present), places)
        if len(present) == 2:
            continue
        for first, second in combinations(present, 2):
            both = (tables.slot_of(first) >= 0) & (tables.slot_of(second) >= 0)
            shared = places[both[places]]
            if len(shared):
                yield _sample(tables, parameters, known, grouping, group, (first, second), shared)


def _groups(tables: Tables, group_by: Sequence[str]) -> Iterator[tuple[str | None, str | None, Ints]]:
    yield None, None, np.arange(len(tables.transcripts))
    for grouping in group_by:
        values = [groups.get(grouping) for groups in tables.groups]
        for value in sorted({value for value in values if value is not None}):
            yield grouping, value, np.flatnonzero(np.array([other == value for other in values]))


def _sample(
    tables: Tables,
    parameters: Parameters,
    known: dict[tuple[int, ...], tuple[Floats | None, int]],
    grouping: str | None,
    group: str | None,
    coders: tuple[int, ...],
    places: Ints,
) -> Sample:
    key = tuple(places.tolist())
    if key not in known:
        strata = [tables.strata[place] for place in key]
        weights: Floats | None = None
        if len(key) >= FEWEST_TRANSCRIPTS and parameters.replicates > 0:
            weights = draws(strata, replicates=parameters.replicates, seed=parameters.seed)
        known[key] = weights, len(strata_of(strata))
    weights, strata_count = known[key]
    return Sample(grouping, group, coders, len(coders) == 2, places, weights, strata_count)


def everybody(tables: Tables, places: Ints) -> Sample:
    """Take some transcripts with all their coders, without draws."""
    coders = tuple(int(coder) for coder in np.unique(tables.panel[places]) if coder >= 0)
    return Sample(None, None, coders, len(coders) == 2, places, None, 1)


def assess(tables: Tables, level: Level, sample: Sample, min_units: int) -> Assessment:
    """Gather the sums of every code, construct and pool, and say which may be shown."""
    table = tables.levels[level]
    plain = moments(tables, table, sample.places, sample.coders, lengths=level == "character")
    used = plain.alone.sum(axis=(1, 2)) > 0
    pools = _pools(tables, used)
    pooled = [rows for _, rows in pools]
    names: list[tuple[FigureKind, str | None]] = [(row.kind, row.code) for row in tables.rows]
    names += [(kind, None) for kind, _ in pools]
    either = _either(table, sample, plain, pooled)
    weight = _weight(table, level, sample, plain, pooled, either)
    statuses = [_status(*row, min_units, level) for row in zip(either, weight, strict=True)]
    return Assessment(tuple(names), tuple(statuses), either, with_pools(plain, pooled))


def _figures(tables: Tables, level: Level, sample: Sample, parameters: Parameters) -> Iterator[Figure]:
    found = assess(tables, level, sample, parameters.min_units)
    estimates = _estimates(found.sums, sample, parameters) if level != "transcript" else None
    for place in range(len(found.names)):
        yield _figure(tables, level, sample, found, place, estimates)


def _pools(tables: Tables, used: Floats) -> list[tuple[FigureKind, list[int]]]:
    """Pool the codes that somebody used, and likewise the constructs at the top of the tree."""
    codes = [place for place, row in enumerate(tables.rows) if row.kind == "code" and used[place]]
    constructs = [
        place
        for place, row in enumerate(tables.rows)
        if row.kind == "construct" and row.parent is None and used[place]
    ]
    pools: list[tuple[FigureKind, list[int]]] = []
    if codes:
        pools.append(("pooled_codes", codes))
    if constructs:
        pools.append(("pooled_constructs", constructs))
    return pools


def _either(table: LevelTable, sample: Sample, plain: Moments, pools: list[list[int]]) -> Floats:
    """Count the units that at least one of the sample's coders coded, per row and pool."""
    if sample.pair:
        either = plain.alone.sum(axis=(1, 2)) - plain.both.sum(axis=(1, 2))
    else:
        either = table.any[sample.places].sum(axis=0)
    return np.append(either, [either[rows].sum() for rows in pools])


def _weight(
    table: LevelTable, level: Level, sample: Sample, plain: Moments, pools: list[list[int]], either: Floats
) -> Floats:
    """Say on how much each figure rests: the units coded by either.

    Characters of one span are not separate observations: there it is the codings of the coder who has most.
    """
    if level != "character":
        return either
    runs = table.runs[sample.places].sum(axis=0).max(axis=1)
    return np.append(runs, [runs[rows].sum() for rows in pools])


def _status(either: float, weight: float, min_units: int, level: Level) -> Status:
    if either == 0:
        return "not_used"
    return "counts_only" if level == "transcript" or weight < min_units else "shown"


def _estimates(
    pooled: Moments, sample: Sample, parameters: Parameters
) -> tuple[tuple[str, ...], Floats, Interval | None]:
    points = evaluate(pooled, np.ones((1, len(sample.places))))[:, :, 0]
    if sample.weights is None:
        return pooled.names(), points, None
    bounds = interval(
        evaluate(pooled, sample.weights),
        confidence=parameters.confidence,
        form=parameters.interval_form,
        transcripts=len(sample.places),
        strata=sample.strata,
    )
    return pooled.names(), points, bounds


def _figure(
    tables: Tables,
    level: Level,
    sample: Sample,
    found: Assessment,
    place: int,
    estimates: tuple[tuple[str, ...], Floats, Interval | None] | None,
) -> Figure:
    (kind, code), status, sums = found.names[place], found.statuses[place], found.sums
    alone = sums.alone[place].sum(axis=1)
    units = float(sums.units.sum() * sums.factor[place])
    counts = None
    if sample.pair:
        both = float(sums.both[place, 0].sum())
        first, second = float(alone[0]), float(alone[1])
        neither = units - first - second + both
        counts = PairCounts(int(both), int(first - both), int(second - both), int(neither))
    coders = [tables.coders[coder] for coder in sample.coders]
    return Figure(
        level=level,
        kind=kind,
        code=code,
        grouping=sample.grouping,
        group=sample.group,
        coders=tuple(coders),
        pair=sample.pair,
        transcripts=len(sample.places),
        units=int(units),
        coded_by={coder: int(times) for coder, times in zip(coders, alone, strict=True)},
        coded_by_any=int(found.either[place]),
        counts=counts,
        by_number=None if code is None else _by_number(tables, level, sample, place, units),
        status=status,
        narrow=FEWEST_TRANSCRIPTS <= len(sample.places) < FEW_TRANSCRIPTS,
        estimates={} if estimates is None else _row_estimates(estimates, place, status, sample),
    )


def _by_number(
    tables: Tables, level: Level, sample: Sample, place: int, units: float
) -> tuple[int, ...] | None:
    """Count the units that exactly 0, 1, ... coders coded, where all coded each transcript."""
    table = tables.levels[level].sets
    present = (tables.panel[sample.places] >= 0).sum(axis=1)
    if sample.pair or table is None or (present != len(sample.coders)).any():
        return None
    sets = table[sample.places, place].sum(axis=0)
    sizes = np.array([mask.bit_count() for mask in range(len(sets))])
    numbers = [int(sets[sizes == size].sum()) for size in range(1, len(sample.coders) + 1)]
    return int(units) - sum(numbers), *numbers


def _row_estimates(
    estimates: tuple[tuple[str, ...], Floats, Interval | None], place: int, status: Status, sample: Sample
) -> dict[str, Estimate]:
    names, points, bounds = estimates
    found: dict[str, Estimate] = {}
    for measure, name in enumerate(names):
        value = float(points[measure, place])
        reason = reason_for(status, value, name)
        if reason is not None:
            found[name] = without_value(reason)
        else:
            found[name] = with_interval(value, bounds, (measure, place), len(sample.places))
    return found


def reason_for(status: Status, value: float, name: str) -> Reason | None:
    if status == "not_used":
        return "not_used"
    if status == "counts_only":
        return "few_units"
    if np.isnan(value):
        return "pair_undefined" if name == "light_kappa" else "no_variation"
    return None


def spreads(figures: Sequence[Figure]) -> Iterator[Spread]:
    """Give median and range over codes, and over constructs, of the main coefficients."""
    values: dict[tuple[Level, FigureKind, str | None, str | None, tuple[str, ...], str], list[float]] = {}
    for figure in figures:
        if figure.code is None:
            continue
        for measure in SPREAD_MEASURES:
            estimate = figure.estimates.get(measure)
            if estimate is not None and estimate.value is not None:
                key = (figure.level, figure.kind, figure.grouping, figure.group, figure.coders, measure)
                values.setdefault(key, []).append(estimate.value)
    for key, found in values.items():
        yield Spread(*key, len(found), float(np.median(found)), min(found), max(found))
