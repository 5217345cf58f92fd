"""A code in a study is a table of ratings of its units: both ways of computing must give the same."""

from __future__ import annotations

import numpy as np
import pytest

from apps.agreement.engine import Code, Figure, Span, Study, Transcript, Turn, compute, measures
from apps.agreement.engine.ratings import Ratings, agreement

SEEDS = range(8)
SHARED = ("krippendorff_alpha", "fleiss_kappa", "conger_kappa", "gwet_ac1", "brennan_prediger", "percent")


def table(seed: int, coders: int) -> np.ndarray:
    """Which coder coded which unit (1, 0), agreeing now more and now less."""
    generator = np.random.default_rng(seed)
    units = int(generator.integers(20, 60))
    truth = generator.random(units) < generator.uniform(0.2, 0.7)
    noise = generator.random((units, coders)) < generator.uniform(0.05, 0.4)
    return np.where(noise, ~truth[:, None], truth[:, None]).astype(np.int64)


def study_of(labels: np.ndarray, *parts: int) -> Study:
    """Each row is a sentence of three characters, each part a transcript; -1: not assigned to it."""
    transcripts: list[Transcript] = []
    assignments: list[tuple[str, str]] = []
    spans: list[Span] = []
    first = 0
    for part, size in enumerate(parts or (len(labels),)):
        sentences = [(3 * place, 3 * place + 3) for place in range(size)]
        id, rows = f"t{part}", labels[first : first + size]
        turns = [Turn(0, 3 * size, "participant")]
        transcripts.append(Transcript.of(id, 3 * size, turns=turns, sentences=sentences))
        for coder in np.flatnonzero((rows >= 0).any(axis=0)).tolist():
            assignments.append((id, f"c{coder}"))
            for unit in np.flatnonzero(rows[:, coder] == 1).tolist():
                start = 3 * unit + unit % 2
                spans.append(Span(f"{id}-{coder}-{unit}", id, f"c{coder}", "a", start, 3 * unit + 3))
        first += size
    return Study.of(transcripts=transcripts, codes=[Code("a")], assignments=assignments, spans=spans)


def figure_of(labels: np.ndarray, *parts: int) -> Figure:
    report = compute(study_of(labels, *parts), levels=["sentence"], min_units=0, replicates=0)
    return report.figure("sentence", "a")


def values(figure: Figure, names: tuple[str, ...]) -> dict[str, float | None]:
    return {name: figure.estimate(name).value for name in names}


def expected(labels: np.ndarray, names: tuple[str, ...]) -> dict[str, float | None]:
    found = agreement(Ratings(labels, (0, 1)))
    return {name: found[name].value for name in names}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("coders", [3, 5])
def test_several_coders(seed: int, coders: int) -> None:
    labels = table(seed, coders)
    names = (*SHARED, "light_kappa")
    assert values(figure_of(labels), names) == pytest.approx(expected(labels, names))


@pytest.mark.parametrize("seed", SEEDS)
def test_two_coders(seed: int) -> None:
    labels = table(seed, 2)
    names = ("krippendorff_alpha", "scott_pi", "cohen_kappa", "gwet_ac1", "brennan_prediger", "percent")
    assert values(figure_of(labels), names) == pytest.approx(expected(labels, names))


@pytest.mark.parametrize("seed", SEEDS)
def test_coders_who_rated_different_transcripts(seed: int) -> None:
    """Two, three or four coders a transcript: ratings are missing by whole transcripts."""
    generator = np.random.default_rng(seed)
    labels = table(seed, 4)
    half, third = len(labels) // 2, len(labels) // 3
    labels[:third, generator.integers(0, 4)] = -1
    labels[half:, generator.permutation(4)[:2]] = -1
    parts = (third, half - third, len(labels) - half)
    assert values(figure_of(labels, *parts), SHARED) == pytest.approx(expected(labels, SHARED))


@pytest.mark.parametrize("seed", SEEDS)
def test_light_of_pairs_that_share_some_transcripts(seed: int) -> None:
    """Each pair counts with the transcripts that both coded."""
    labels = table(seed, 3)
    half = len(labels) // 2
    labels[half:, seed % 3] = -1
    pairs = [
        agreement(Ratings(labels[:, pair], (0, 1)))["cohen_kappa"].value for pair in ([0, 1], [0, 2], [1, 2])
    ]
    assert None not in pairs
    found = figure_of(labels, half, len(labels) - half).estimate("light_kappa").value
    assert found == pytest.approx(np.mean(pairs))  # type: ignore[arg-type]


def test_many_rows_are_computed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    given = study_of(table(1, 3))
    codes = [Code("a"), *(Code(f"b{number}") for number in range(5))]
    spans = [
        Span(f"{code.id}-{row}", "t0", given.coders[coder], code.id, int(start), int(end))
        for code in codes
        for row, (coder, start, end) in enumerate(
            zip(given.spans.coder.tolist(), given.spans.start, given.spans.end, strict=True)
        )
        if (row + len(code.id)) % 5
    ]
    several = Study.of(
        transcripts=given.transcripts,
        codes=codes,
        assignments=[("t0", coder) for coder in given.coders],
        spans=spans,
    )
    whole = compute(several, min_units=0)
    monkeypatch.setattr(measures, "CHUNK_BYTES", 1)
    assert compute(several, min_units=0) == whole
