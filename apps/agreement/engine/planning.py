"""How many transcripts to double-code: the width of the interval that each number would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from . import coefficients as c
from .bootstrap import FEWEST_TRANSCRIPTS, Form, interval
from .measures import evaluate
from .report import assess, everybody
from .results import DEFAULT_FORM, FigureKind
from .study import Floats, InputError
from .tables import Tables
from .units import Level

PlanReason = Literal["few_transcripts", "not_used", "few_units", "unstable"]


@dataclass(frozen=True, slots=True)
class PlannedWidth:
    """The width of the interval to expect for one code with so many transcripts, or why it cannot be told."""

    code: str | None
    kind: FigureKind | None
    transcripts: int
    width: float | None
    reason: PlanReason | None


def expected_widths(
    tables: Tables,
    sizes: Sequence[int],
    *,
    level: Level = "answer",
    measure: str = "krippendorff_alpha",
    replicates: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
    interval_form: Form = DEFAULT_FORM,
    min_units: int = 10,
) -> tuple[PlannedWidth, ...]:
    """Expect what resampling from the transcripts coded so far gives, for each code and each size."""
    if not tables.transcripts or level not in tables.levels:
        return ()
    there = len(tables.transcripts)
    found = assess(tables, level, everybody(tables, np.arange(there)), min_units)
    if measure not in found.sums.names():
        raise InputError(f"planning: unknown coefficient {measure!r}")
    row = found.sums.names().index(measure)
    plans: list[PlannedWidth] = []
    for size in sizes:
        if min(there, size) < FEWEST_TRANSCRIPTS:
            plans.extend(
                PlannedWidth(code, kind, size, None, "few_transcripts") for kind, code in found.names
            )
            continue
        generator = np.random.default_rng([seed, size])
        weights = generator.multinomial(size, np.full(there, 1.0 / there), size=replicates).astype(np.float64)
        widths = _widths(evaluate(found.sums, weights)[row], size, confidence, interval_form)
        for place, (kind, code) in enumerate(found.names):
            status = found.statuses[place]
            if status == "not_used":
                plans.append(PlannedWidth(code, kind, size, None, "not_used"))
            elif status == "counts_only":
                plans.append(PlannedWidth(code, kind, size, None, "few_units"))
            else:
                plans.append(_plan(code, kind, size, float(widths[place])))
    return tuple(plans)


def assumed_widths(
    sizes: Sequence[int],
    *,
    prevalence: float,
    agreement: float,
    answers: int = 60,
    clustering: float = 0.1,
    replicates: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
    interval_form: Form = DEFAULT_FORM,
) -> tuple[PlannedWidth, ...]:
    """Expect from assumptions, when nothing is coded yet: one code, two coders, alpha.

    `prevalence` is the share of answers with the code, `agreement` the alpha within a transcript,
    `answers` those of one transcript, and `clustering` how much transcripts differ in prevalence (intraclass
    correlation, from 0).
    """
    if not (0 < prevalence < 1 and 0 <= agreement <= 1 and 0 <= clustering < 1 and answers >= 1):
        raise InputError("planning: prevalence, agreement and clustering are shares, and answers at least 1")
    plans: list[PlannedWidth] = []
    for size in sizes:
        if size < FEWEST_TRANSCRIPTS:
            plans.append(PlannedWidth(None, None, size, None, "few_transcripts"))
            continue
        generator = np.random.default_rng([seed, size])
        shape = (replicates, size)
        local = _local_prevalence(prevalence, clustering, shape, generator)
        both = local**2 + agreement * local * (1.0 - local)
        one = 2.0 * (local - both)
        cells = np.stack([both, one, 1.0 - both - one], axis=-1)
        counts = generator.multinomial(answers, np.clip(cells, 0.0, 1.0)).sum(axis=1).astype(np.float64)
        agreeing = np.stack([2.0 * counts[:, 2], 2.0 * counts[:, 0]])
        totals = agreeing + counts[:, 1]
        alphas = c.krippendorff_alpha(agreeing, totals)[None]
        plans.append(_plan(None, None, size, float(_widths(alphas, size, confidence, interval_form)[0])))
    return tuple(plans)


def _local_prevalence(
    prevalence: float, clustering: float, shape: tuple[int, int], generator: np.random.Generator
) -> Floats:
    if clustering == 0:
        return np.full(shape, prevalence)
    size = 1.0 / clustering - 1.0
    return generator.beta(prevalence * size, (1.0 - prevalence) * size, shape)


def _widths(values: Floats, size: int, confidence: float, form: Form) -> Floats:
    bounds = interval(values, confidence=confidence, form=form, transcripts=size, strata=1)
    return bounds.high - bounds.low


def _plan(code: str | None, kind: FigureKind | None, size: int, width: float) -> PlannedWidth:
    if np.isnan(width):
        return PlannedWidth(code, kind, size, None, "unstable")
    return PlannedWidth(code, kind, size, width, None)
