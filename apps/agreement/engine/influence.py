"""Agreement on influence (helps, hinders, both, unclear), over codings that match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from . import coefficients as c
from .bootstrap import FEWEST_TRANSCRIPTS, Form, Interval, draws, interval, strata_of
from .discrepancies import Alignment, Match
from .estimating import with_interval, without_value
from .results import DEFAULT_FORM, Estimate, InfluenceAgreement
from .study import INFLUENCES, Floats, Influence, Study

VALUES: tuple[Influence | None, ...] = (*INFLUENCES, None)


def influence_agreement(
    study: Study,
    alignment: Alignment,
    *,
    replicates: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
    interval_form: Form = DEFAULT_FORM,
    min_matched: int = 10,
) -> tuple[InfluenceAgreement, ...]:
    """Compare influences for each pair of coders: over all codes first, then code by code.

    A study in which nobody said an influence gives nothing. A coding without one has a value of its own.
    """
    if all(match.influences == (None, None) for match in alignment.matches):
        return ()
    strata = {transcript.id: transcript.stratum for transcript in study.transcripts}
    bounds_of = _Bounds(replicates, seed, confidence, interval_form)
    found: list[InfluenceAgreement] = []
    for coders, shared in _by_pair(study, alignment.matches):
        together = _transcripts_of(study, coders)
        rows = [strata[transcript] for transcript in together]
        for code, matches in _by_code(study, shared):
            tables = _tables(matches, together)
            percent, alpha = bounds_of.estimates(tables, rows, min_matched)
            cells = tuple(tuple(row) for row in tables.sum(axis=0).astype(int).tolist())
            found.append(InfluenceAgreement(coders, code, len(matches), VALUES, cells, percent, alpha))
    return tuple(found)


class _Bounds:
    """Computes both coefficients with intervals; the draws of the same strata are made once."""

    def __init__(self, replicates: int, seed: int, confidence: float, form: Form) -> None:
        self.replicates, self.seed, self.confidence = replicates, seed, confidence
        self.form: Form = form
        self._drawn: dict[tuple[str, ...], Floats] = {}

    def estimates(self, tables: Floats, strata: Sequence[str], min_matched: int) -> tuple[Estimate, Estimate]:
        percent, alpha = _coefficients(tables.sum(axis=0)[None])
        if tables.sum() < min_matched:
            return without_value("few_units"), without_value("few_units")
        bounds = self._bounds(tables, tuple(strata))
        agreed = with_interval(float(percent[0]), bounds, 0, len(strata))
        if np.isnan(alpha[0]):
            return agreed, without_value("no_variation")
        return agreed, with_interval(float(alpha[0]), bounds, 1, len(strata))

    def _bounds(self, tables: Floats, strata: tuple[str, ...]) -> Interval | None:
        if len(strata) < FEWEST_TRANSCRIPTS or self.replicates == 0:
            return None
        if strata not in self._drawn:
            self._drawn[strata] = draws(strata, replicates=self.replicates, seed=self.seed)
        drawn = np.tensordot(self._drawn[strata], tables, axes=1)
        return interval(
            np.stack(_coefficients(drawn)),
            confidence=self.confidence,
            form=self.form,
            transcripts=len(strata),
            strata=len(strata_of(strata)),
        )


def _coefficients(tables: Floats) -> tuple[Floats, Floats]:
    """Give percent and alpha of tables [replicate, first's value, second's value]."""
    agreeing = 2.0 * np.diagonal(tables, axis1=1, axis2=2).T
    totals = (tables.sum(axis=1) + tables.sum(axis=2)).T
    return c.ratio(agreeing.sum(axis=0), totals.sum(axis=0)), c.krippendorff_alpha(agreeing, totals)


def _tables(matches: Sequence[Match], transcripts: Sequence[str]) -> Floats:
    place = {transcript: row for row, transcript in enumerate(transcripts)}
    tables = np.zeros((len(transcripts), len(VALUES), len(VALUES)))
    for match in matches:
        first, second = (VALUES.index(influence) for influence in match.influences)
        tables[place[match.transcript], first, second] += 1
    return tables


def _by_pair(study: Study, matches: Sequence[Match]) -> Iterator[tuple[tuple[str, str], list[Match]]]:
    pairs = sorted({match.coders for match in matches})
    for pair in pairs:
        yield pair, [match for match in matches if match.coders == pair]


def _by_code(study: Study, matches: Sequence[Match]) -> Iterator[tuple[str | None, list[Match]]]:
    yield None, list(matches)
    for code in study.codes:
        chosen = [match for match in matches if match.code == code.id]
        if chosen:
            yield code.id, chosen


def _transcripts_of(study: Study, coders: tuple[str, str]) -> list[str]:
    first, second = (study.coders.index(coder) for coder in coders)
    both = study.assigned[:, first] & study.assigned[:, second]
    return sorted(study.transcripts[row].id for row in np.flatnonzero(both).tolist())
