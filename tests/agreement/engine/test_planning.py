"""The width of the interval to expect."""

import pytest

from apps.agreement.engine import InputError, compute, tabulate
from apps.agreement.engine.planning import assumed_widths, expected_widths

from .test_report import many

SIZES = (8, 16, 32, 64)


def test_more_transcripts_give_narrower_intervals() -> None:
    widths = [plan.width for plan in assumed_widths(SIZES, prevalence=0.2, agreement=0.7)]
    assert None not in widths
    assert widths == sorted(widths, reverse=True)  # type: ignore[type-var]


def test_four_times_as_many_halve_the_width() -> None:
    few, many = assumed_widths((16, 64), prevalence=0.2, agreement=0.7, replicates=4000)
    assert few.width is not None
    assert many.width is not None
    assert few.width / many.width == pytest.approx(2.2, abs=0.25)  # twice, and the correction for few


def test_without_clustering_the_width_is_that_of_independent_answers() -> None:
    # Alpha .7 at prevalence .2 on 60 * 60 answers: the usual standard error is .0148, the width so .058.
    (plan,) = assumed_widths((60,), prevalence=0.2, agreement=0.7, clustering=0, replicates=4000)
    assert plan.width == pytest.approx(0.058, rel=0.12)


def test_fewer_than_eight() -> None:
    (plan,) = assumed_widths((7,), prevalence=0.2, agreement=0.7)
    assert (plan.width, plan.reason) == (None, "few_transcripts")


def test_a_rare_code_is_unstable() -> None:
    (plan,) = assumed_widths((8,), prevalence=0.001, agreement=0.7, answers=20)
    assert (plan.width, plan.reason) == (None, "unstable")


@pytest.mark.parametrize(
    "wrong",
    [{"prevalence": 0.0}, {"prevalence": 1.0}, {"agreement": 1.1}, {"clustering": 1.0}, {"answers": 0}],
)
def test_assumptions_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        assumed_widths((8,), **{"prevalence": 0.2, "agreement": 0.7} | wrong)  # type: ignore[arg-type]


def test_from_what_is_there_the_width_is_about_that_of_the_interval() -> None:
    given = many(16)
    estimate = compute(given, levels=["sentence"]).figure("sentence", "a").estimate("krippendorff_alpha")
    plans = expected_widths(tabulate(given), (16,), level="sentence")
    plan = next(plan for plan in plans if plan.code == "a")
    assert estimate.high is not None
    assert estimate.low is not None
    assert plan.width == pytest.approx(estimate.high - estimate.low, rel=0.15)


def test_from_what_is_there_for_more_transcripts() -> None:
    plans = [
        plan
        for plan in expected_widths(tabulate(many(12)), (7, *SIZES), level="sentence")
        if plan.code == "a"
    ]
    assert plans[0].reason == "few_transcripts"
    widths = [plan.width for plan in plans[1:]]
    assert None not in widths
    assert widths == sorted(widths, reverse=True)  # type: ignore[type-var]


def test_too_little_is_there() -> None:
    plans = expected_widths(tabulate(many(5)), (20,), level="sentence")
    assert {plan.reason for plan in plans} == {"few_transcripts"}
    assert expected_widths(tabulate(many(0)), (20,)) == ()


def test_an_unknown_coefficient() -> None:
    with pytest.raises(InputError, match="unknown coefficient 'kappa'"):
        expected_widths(tabulate(many(12)), (20,), level="sentence", measure="kappa")
