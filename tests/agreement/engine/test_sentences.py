"""Figures in words."""

import string

import pytest

from apps.agreement.engine import Code, Figure, Report, Study, compute
from apps.agreement.engine.sentences import TEMPLATES, WHY, Sentence, about, methods, plain

from .make import speech, study
from .test_report import many, marked

NAMES = {"ann": "Ruth", "bob": "Jin"}


def said(figure: Figure, report: Report) -> str:
    return " ".join(map(str, about(figure, report, coders=NAMES)))


def test_a_code_with_an_interval() -> None:
    report = compute(many(12))
    assert said(report.figure("sentence", "a"), report) == (
        "On a, Ruth and Jin agreed with alpha 0.70 (95 % interval 0.59 to 0.79). "
        "Of the 84 sentences that either coded, both coded 54 (positive agreement 0.78). "
        "With 12 transcripts the interval is probably too narrow."
    )


def test_without_an_interval() -> None:
    report = compute(many(5))
    assert said(report.figure("sentence", "a"), report) == (
        "On a, Ruth and Jin agreed with alpha 0.74; an interval cannot be given: "
        "there are fewer than 8 transcripts. "
        "Of the 35 sentences that either coded, both coded 24 (positive agreement 0.81)."
    )


def test_three_coders() -> None:
    report = compute(many(20, coders=("ann", "bob", "cho")))
    words = said(report.figure("sentence", "a"), report)
    assert words.startswith("On a, Ruth, Jin and cho agreed with alpha ")
    assert words.endswith("Of 140 sentences that anybody coded, all coded 90 (positive agreement 0.85).")


def test_limits() -> None:
    rows = [*marked("ann", "a", 0, 1, 2), *marked("bob", "a", 2, 3)]
    given = study(rows, codes=[Code("a", name="Hope"), Code("b", name="Fear")])
    report = compute(given)
    assert said(report.figure("sentence", "b"), report) == "Nobody used Fear."
    assert said(report.figure("sentence", "a"), report) == (
        "Hope: 1 sentences by both, 2 by Ruth only, 1 by Jin only; too few for a coefficient."
    )
    assert said(report.figure("transcript", "a"), report) == (
        "Hope occurs in 1 transcripts for both, in 0 for Ruth only and in 0 for Jin only."
    )


def test_why_alpha_is_not_defined() -> None:
    everything = [*marked("ann", "a", *range(10)), *marked("bob", "a", *range(10))]
    report = compute(study(everything))
    assert said(report.figure("sentence", "a"), report) == (
        "On a, alpha is not defined: everything was coded by everybody. "
        "Ruth and Jin agreed on 100 % of the sentences. "
        "Of the 10 sentences that either coded, both coded 10 (positive agreement 1.00)."
    )


def test_the_sentence_for_the_methods_section() -> None:
    report = compute(many(12))
    assert [str(sentence) for sentence in methods(report, total=63, level="sentence")] == [
        "Two coders independently coded 12 of 63 transcripts (19 %).",
        "Agreement was computed on 240 sentences of participant speech with Krippendorff's alpha for each "
        "code; 95 % intervals come from 1,000 bootstrap samples of whole transcripts within strata.",
        "One code has a coefficient: its alpha was 0.70.",
    ]


def test_methods_of_little() -> None:
    given = many(3)
    assert [str(sentence) for sentence in methods(compute(given), level="sentence")][:2] == [
        "Two coders independently coded 3 transcripts.",
        "Agreement was computed on 60 sentences of participant speech with Krippendorff's alpha for each "
        "code.",
    ]
    nothing = Study.of(transcripts=[speech(20)], codes=[], assignments=[("t", "ann")])
    assert [str(sentence) for sentence in methods(compute(nothing))] == [
        "There is nothing to compare: no transcript was coded by two people."
    ]


class TestWhoIsComparedInTheMethods:
    """Three people code in the study; the sentence speaks of those who are compared."""

    @staticmethod
    def said(*pairs: tuple[str, str], total: int | None = None) -> str:
        names = [f"t{place}" for place in range(len(pairs))]
        given = Study.of(
            transcripts=[speech(40, id=name) for name in (*names, "alone")],
            codes=[Code("a")],
            assignments=[
                *((name, coder) for name, pair in zip(names, pairs, strict=True) for coder in pair),
                ("alone", "cho"),
            ],
            spans=[],
        )
        return str(methods(compute(given), total=total, level="sentence")[0])

    def test_who_only_coded_alone_is_not_among_them(self) -> None:
        assert self.said(("ann", "bob"), ("ann", "bob")) == "Two coders independently coded 2 transcripts."

    def test_each_by_two_of_three(self) -> None:
        pairs = (("ann", "bob"), ("bob", "cho"), ("ann", "cho"))
        assert self.said(*pairs, total=63) == (
            "3 of 63 transcripts (5 %) were independently coded by two or more of three coders."
        )
        assert self.said(*pairs) == "3 transcripts were independently coded by two or more of three coders."


def test_the_level_of_the_methods_is_one_that_was_counted() -> None:
    report = compute(many(3), levels=["turn"])
    assert "turns of participant speech" in str(methods(report)[1])


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.9999, "0.99"), (1.0, "1.00"), (-0.001, "0.00"), (0.666, "0.67"), (None, "–"), (-0.25, "-0.25")],
)
def test_two_digits(value: float | None, text: str) -> None:
    assert plain(value) == text


def test_every_template_can_be_filled() -> None:
    for key, template in TEMPLATES.items():
        fields = [name for _, name, _, _ in string.Formatter().parse(template) if name]
        assert str(Sentence(key, dict.fromkeys(fields, "x"))).count("{") == 0
    assert all(WHY.values())
