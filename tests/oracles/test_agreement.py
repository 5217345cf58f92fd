"""Random tables, computed by scikit-learn, statsmodels and nltk as well."""

from __future__ import annotations

import numpy as np
import pytest
from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import cohen_kappa_score, f1_score, jaccard_score
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

from apps.agreement.engine import Code, Span, Study, Transcript, Turn, compute
from apps.agreement.engine.ratings import Ratings, agreement

# The peers take seconds to import, which every worker of the fast suite would pay.
pytestmark = pytest.mark.slow

SEEDS = range(12)


def table(seed: int, coders: int, categories: int, *, missing: float = 0.0) -> np.ndarray:
    """Labels that agree now more, now less; every category occurs."""
    generator = np.random.default_rng(seed)
    units = int(generator.integers(20, 120))
    truth = generator.choice(categories, size=units, p=generator.dirichlet(np.ones(categories) * 2))
    noise = generator.random((units, coders)) < generator.uniform(0.05, 0.6)
    labels = np.where(noise, generator.integers(0, categories, (units, coders)), truth[:, None])
    labels[: categories * coders] = np.arange(categories * coders).reshape(-1, 1) % categories
    return np.where(generator.random((units, coders)) < missing, -1, labels)


def computed(labels: np.ndarray, categories: int) -> dict[str, float | None]:
    found = agreement(Ratings(labels, tuple(range(categories))))
    return {name: rated.value for name, rated in found.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_two_coders(seed: int) -> None:
    labels = table(seed, 2, 4)
    found = computed(labels, 4)
    counts = np.zeros((4, 4))
    np.add.at(counts, (labels[:, 0], labels[:, 1]), 1)
    peer = cohens_kappa(counts)
    assert found["cohen_kappa"] == pytest.approx(cohen_kappa_score(labels[:, 0], labels[:, 1]))
    assert found["cohen_kappa"] == pytest.approx(peer.kappa)
    error = agreement(Ratings(labels, (0, 1, 2, 3)))["cohen_kappa"].standard_error
    assert error == pytest.approx(np.sqrt(peer.var_kappa))
    assert found["scott_pi"] == pytest.approx(nltk_of(labels).pi())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("coders", [3, 5])
def test_several_coders(seed: int, coders: int) -> None:
    labels = table(seed, coders, 3)
    found = computed(labels, 3)
    counts, _ = aggregate_raters(labels, n_cat=3)
    assert found["fleiss_kappa"] == pytest.approx(fleiss_kappa(counts))
    assert found["brennan_prediger"] == pytest.approx(fleiss_kappa(counts, method="randolph"))
    task = nltk_of(labels)
    assert found["krippendorff_alpha"] == pytest.approx(task.alpha())
    assert found["percent"] == pytest.approx(task.avg_Ao())
    assert found["light_kappa"] == pytest.approx(task.kappa())


@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_with_missing_ratings(seed: int) -> None:
    labels = table(seed, 4, 3, missing=0.3)
    assert computed(labels, 3)["krippendorff_alpha"] == pytest.approx(nltk_of(labels).alpha())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_code_in_a_study_is_the_binary_table_of_its_units(seed: int) -> None:
    labels = table(seed, 3, 2)
    figure = compute(study_of(labels), levels=["sentence"], min_units=0, replicates=0).figure("sentence", "a")
    found = computed(labels, 2)
    for name in ("krippendorff_alpha", "fleiss_kappa", "conger_kappa", "light_kappa", "gwet_ac1", "percent"):
        assert figure.estimate(name).value == pytest.approx(found[name])
    assert figure.estimate("brennan_prediger").value == pytest.approx(found["brennan_prediger"])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pair_in_a_study(seed: int) -> None:
    labels = table(seed, 3, 2)
    report = compute(study_of(labels), levels=["sentence"], min_units=0, replicates=0)
    figure = report.figure("sentence", "a", coders=("0", "2"))
    first, second = labels[:, 0], labels[:, 2]
    assert figure.estimate("cohen_kappa").value == pytest.approx(cohen_kappa_score(first, second))
    assert figure.estimate("f1").value == pytest.approx(f1_score(first, second))
    assert figure.estimate("negative_agreement").value == pytest.approx(f1_score(first, second, pos_label=0))
    assert figure.estimate("jaccard").value == pytest.approx(jaccard_score(first, second))


@pytest.mark.parametrize("seed", SEEDS)
def test_coders_who_rated_different_transcripts(seed: int) -> None:
    """Ratings are missing by whole transcripts; the general form on the table of units gives the same."""
    generator = np.random.default_rng(seed)
    labels = table(seed, 4, 2)
    half = len(labels) // 2
    labels[:half, generator.integers(0, 4)] = -1
    labels[half:, generator.permutation(4)[: generator.integers(0, 3)]] = -1
    figure = compute(
        study_of(labels, parts=(half, len(labels) - half)), levels=["sentence"], min_units=0, replicates=0
    ).figure("sentence", "a")
    found = computed(labels, 2)
    for name in ("krippendorff_alpha", "fleiss_kappa", "conger_kappa", "gwet_ac1", "percent"):
        assert figure.estimate(name).value == pytest.approx(found[name])


def nltk_of(labels: np.ndarray) -> AnnotationTask:
    return AnnotationTask(
        [
            (f"c{coder}", f"u{unit}", int(label))
            for unit, row in enumerate(labels)
            for coder, label in enumerate(row)
            if label >= 0
        ]
    )


def study_of(labels: np.ndarray, *, parts: tuple[int, ...] | None = None) -> Study:
    """Each row is a sentence of three characters, each part a transcript; 1 is coded, -1 is not assigned."""
    transcripts, assignments, spans = [], [], []
    first = 0
    for part, size in enumerate(parts or (len(labels),)):
        sentences = [(3 * place, 3 * place + 3) for place in range(size)]
        id = f"t{part}"
        transcripts.append(
            Transcript.of(id, 3 * size, turns=[Turn(0, 3 * size, "participant")], sentences=sentences)
        )
        rows = labels[first : first + size]
        for coder in np.flatnonzero((rows >= 0).any(axis=0)):
            assignments.append((id, str(coder)))
            spans += [
                Span(f"{id}-{coder}-{unit}", id, str(coder), "a", 3 * unit + unit % 2, 3 * unit + 3)
                for unit in np.flatnonzero(rows[:, coder] == 1).tolist()
            ]
        first += size
    return Study.of(transcripts=transcripts, codes=[Code("a")], assignments=assignments, spans=spans)
