"""Agreement on influence (helps, hinders, both, unclear), over codings that match."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from . import coefficients as c
from .bootstrap import FEWEST_TRANSCRIPTS, Form, Interval, draws, interval, strata_of
from .confusion import Rows
from .discrepancies import Alignment
from .estimating import with_interval, without_value
from .results import DEFAULT_FORM, Estimate, InfluenceAgreement
from .study import INFLUENCES, Floats, Influence, Ints
from .tables import Tables

VALUES: tuple[Influence | None, ...] = (*INFLUENCES, None)


def with_matches(tables: Tables, alignment: Alignment) -> Tables:
    """Count, in the transcripts of the tables, which influences matched codings have."""
    transcripts = {id: place for place, id in enumerate(tables.transcripts)}
    coders = {id: place for place, id in enumerate(tables.coders)}
    codes = {row.code: place for place, row in enumerate(tables.rows)}
    values = {influence: place for place, influence in enumerate(VALUES)}
    counts: Counter[tuple[int, ...]] = Counter()
    for match in alignment.matches:
        if match.transcript in transcripts:
            (first, second), (mine, theirs) = match.coders, match.influences
            pair = coders[first], coders[second]
            counts[transcripts[match.transcript], *pair, codes[match.code], values[mine], values[theirs]] += 1
    rows = [(*cell, number) for cell, number in sorted(counts.items())]
    return replace(tables, matched=np.array(rows, dtype=np.int32).reshape(-1, 7))


def influence_agreement(
    tables: Tables,
    *,
    coders: tuple[str, str] | None = None,
    replicates: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
    interval_form: Form = DEFAULT_FORM,
    min_matched: int = 10,
) -> tuple[InfluenceAgreement, ...]:
    """Compare influences for each pair of coders (see `with_matches`), or for one: all codes, then each.

    Where nobody said an influence there is nothing. A coding without one has a value of its own.
    """
    rows = tables.matched
    if (rows[:, 4:6] == VALUES.index(None)).all():
        return ()
    found: list[InfluenceAgreement] = []
    for pair in sorted({(first, second) for first, second in rows[:, 1:3].tolist()}):
        names_of_pair = tables.coders[pair[0]], tables.coders[pair[1]]
        if coders is not None and set(coders) != set(names_of_pair):
            continue
        of_pair = rows[(rows[:, 1] == pair[0]) & (rows[:, 2] == pair[1])]
        places = np.flatnonzero((tables.slot_of(pair[0]) >= 0) & (tables.slot_of(pair[1]) >= 0))
        codes = np.unique(of_pair[:, 3])
        cells = _cells(of_pair, codes, places)
        strata = [tables.strata[place] for place in places]
        bounds = None
        if len(strata) >= FEWEST_TRANSCRIPTS and replicates > 0:
            weights = draws(strata, replicates=replicates, seed=seed)
            bounds = _bounds(cells, weights, confidence, interval_form, len(strata_of(strata)))
        names = [None, *(tables.rows[code].code for code in codes)]
        found.extend(_of_pair(names_of_pair, names, cells, bounds, min_matched))
    return tuple(found)


def _cells(rows: Rows, codes: Ints, places: Ints) -> Floats:
    """Count by [code, transcript, first's influence, second's]; before the codes stands their sum."""
    cells = np.zeros((len(codes) + 1, len(places), len(VALUES), len(VALUES)))
    code, transcript = np.searchsorted(codes, rows[:, 3]) + 1, np.searchsorted(places, rows[:, 0])
    np.add.at(cells, (code, transcript, rows[:, 4], rows[:, 5]), rows[:, 6])
    cells[0] = cells.sum(axis=0)
    return cells


def _of_pair(
    coders: tuple[str, str],
    names: list[str | None],
    cells: Floats,
    bounds: Interval | None,
    min_matched: int,
) -> list[InfluenceAgreement]:
    transcripts = cells.shape[1]
    whole = cells.sum(axis=1)
    points = _coefficients(*_agreeing(whole))
    found = []
    for place, name in enumerate(names):
        matched = int(whole[place].sum())
        percent, alpha = (
            _estimate(float(points[measure, place]), bounds, (measure, place), transcripts)
            if matched >= min_matched
            else without_value("few_units")
            for measure in (0, 1)
        )
        table = tuple(tuple(row) for row in whole[place].astype(int).tolist())
        found.append(InfluenceAgreement(coders, name, matched, VALUES, table, percent, alpha))
    return found


def _estimate(value: float, bounds: Interval | None, place: tuple[int, int], transcripts: int) -> Estimate:
    if np.isnan(value):
        return without_value("no_variation")
    return with_interval(value, bounds, place, transcripts)


def _bounds(cells: Floats, weights: Floats, confidence: float, form: Form, strata: int) -> Interval:
    agreeing, totals = (np.tensordot(each, weights, axes=(2, 1)) for each in _agreeing(cells))
    return interval(
        _coefficients(agreeing, totals),
        confidence=confidence,
        form=form,
        transcripts=cells.shape[1],
        strata=strata,
    )


def _agreeing(cells: Floats) -> tuple[Floats, Floats]:
    """Give o_cc and n_c of each influence [influence, ...] from tables [..., first's, second's]."""
    agreeing = 2.0 * np.diagonal(cells, axis1=-2, axis2=-1)
    totals = cells.sum(axis=-2) + cells.sum(axis=-1)
    return np.moveaxis(agreeing, -1, 0), np.moveaxis(totals, -1, 0)


def _coefficients(agreeing: Floats, totals: Floats) -> Floats:
    """Give percent and alpha [coefficient, ...]."""
    percent = c.ratio(agreeing.sum(axis=0), totals.sum(axis=0))
    return np.stack([percent, c.krippendorff_alpha(agreeing, totals)])
