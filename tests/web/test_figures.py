"""The rows of a report's table, in each state that a figure can have."""

from collections.abc import Sequence
from typing import Any

import pytest

from apps.agreement.engine import Estimate, Figure, PairCounts
from apps.agreement.queries import CodeLine
from apps.codebooks.models import Code
from apps.web.templatetags.figures import figure_rows

SURE = Estimate(0.72, None, 0.61, 0.81, None, 0)
HERE = "/discrepancies/?kind=missed&open=1"


def row(
    alpha: Estimate = SURE,
    *,
    status: Any = "shown",
    discrepancies: int = 3,
    address: str = HERE,
    thresholds: Sequence[float] = (),
    has_coefficients: bool = True,
) -> str:
    figure = Figure(
        level="answer",
        kind="code",
        code="a",
        grouping=None,
        group=None,
        coders=("ann", "bob"),
        pair=True,
        transcripts=12,
        units=40,
        coded_by={"ann": 14, "bob": 16},
        coded_by_any=17,
        counts=PairCounts(13, 1, 3, 23),
        by_number=None,
        status=status,
        narrow=True,
        estimates={"krippendorff_alpha": alpha, "positive_agreement": SURE, "cohen_kappa": SURE},
    )
    line = CodeLine(Code(label="a", name="Fear & <hope>", hue=2), figure, None, None, discrepancies)
    return figure_rows([line], address, thresholds, has_coefficients=has_coefficients, has_beside=False)


def test_a_figure_with_all_its_numbers() -> None:
    shown = row()
    for number in (13, 1, 3, 23):
        assert f'<td class="number">{number}</td>' in shown
    assert "<strong>0.72</strong>" in shown
    assert "0.61 to 0.81" in shown
    assert 'x1="610" x2="810"' in shown
    assert '<path class="dot-plot-point" d="M720 10h0"/>' in shown


def test_names_and_addresses_are_escaped() -> None:
    shown = row()
    assert "Fear &amp; &lt;hope&gt;" in shown
    assert 'href="/discrepancies/?kind=missed&amp;open=1&amp;code=' in shown


@pytest.mark.parametrize("without", [{"address": ""}, {"discrepancies": 0}])
def test_nothing_leads_to_what_may_not_be_read_or_is_not_there(without: dict[str, Any]) -> None:
    assert row().count("<a ") == 2
    assert "<a " not in row(**without)


@pytest.mark.parametrize(
    ("thresholds", "lines", "is_hollow"), [((), 0, False), ((0.6, 0.8), 2, False), ((0.667, 0.8), 2, True)]
)
def test_a_point_whose_interval_reaches_below_the_planned_line_is_hollow(
    thresholds: Sequence[float], lines: int, is_hollow: bool
) -> None:
    shown = row(thresholds=thresholds)
    assert (shown.count("dot-plot-threshold"), "dot-plot-hollow" in shown) == (lines, is_hollow)


def test_a_round_without_coefficients_shows_counts() -> None:
    shown = row(has_coefficients=False)
    assert ('<td class="number">23</td>' in shown, "0.72" in shown) == (True, False)


@pytest.mark.parametrize(
    ("status", "words", "has_counts"),
    [("not_used", "not used", False), ("counts_only", "fewer than ten units: counts only", True)],
)
def test_what_is_not_given_is_said_in_words(status: str, words: str, has_counts: bool) -> None:
    shown = row(status=status)
    assert (words in shown, '<td class="number">23</td>' in shown) == (True, has_counts)
    assert "dot-plot" not in shown


@pytest.mark.parametrize(
    ("alpha", "words"),
    [
        (Estimate(None, "no_variation", None, None, "no_value", 0), "everything was coded by everybody"),
        (Estimate(None, "pair_undefined", None, None, "no_value", 0), "undefined</td>"),
        (Estimate(0.72, None, None, None, "unstable", 80), "in too few transcripts"),
        (Estimate(0.72, None, None, None, "few_transcripts", 0), '<td class="number nowrap">–</td>'),
    ],
)
def test_why_there_is_no_alpha_or_no_interval(alpha: Estimate, words: str) -> None:
    shown = row(alpha)
    assert words in shown
    assert "dot-plot-interval" not in shown


def test_what_lies_below_nought_is_drawn_at_the_edge() -> None:
    shown = row(Estimate(-0.08, None, -0.3, 0.1, None, 0))
    assert "<strong>-0.08</strong>" in shown
    assert '<path class="dot-plot-point" d="M0 10h0"/>' in shown
    assert 'x1="0" x2="100"' in shown
