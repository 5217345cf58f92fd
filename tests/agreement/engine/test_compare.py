"""Differences between groups and between rounds."""

import pytest

from apps.agreement.engine import Code, Parameters, Span, Study, Transcript, Turn, UnitRules, tabulate
from apps.agreement.engine.compare import Difference, compare_groups, compare_rounds
from apps.agreement.engine.study import InputError
from apps.agreement.engine.tables import Tables

PARAMETERS = Parameters(
    levels=("sentence", "transcript"),
    group_by=(),
    replicates=400,
    seed=3,
    confidence=0.95,
    interval_form="expanded",
    min_units=10,
    rules=UnitRules(),
)


def counted(transcripts: int, *, missed: int, prefix: str = "t", used: int = 8) -> Tables:
    """Transcripts of 20 sentences; the second coder misses up to so many codings, now fewer and now more."""
    texts, spans = [], []
    for place in range(transcripts):
        id = f"{prefix}{place:02}"
        sentences = [(10 * number, 10 * number + 10) for number in range(20)]
        texts.append(
            Transcript.of(
                id,
                200,
                turns=[Turn(0, 200, "participant")],
                sentences=sentences,
                groups={"half": "early" if place < transcripts // 2 else "late"},
            )
        )
        for number, (start, end) in enumerate(sentences[:used]):
            spans.append(Span(f"{id}a{number}", id, "ann", "a", start, end))
            if number >= (missed + place % 3 if place < transcripts // 2 else place % 3):
                spans.append(Span(f"{id}b{number}", id, "bob", "a", start, end))
    study = Study.of(
        transcripts=texts,
        codes=[Code("a"), Code("unused")],
        assignments=[(text.id, coder) for text in texts for coder in ("ann", "bob")],
        spans=spans,
    )
    return tabulate(study)


def alpha_of(found: tuple[Difference, ...]) -> Difference:
    return next(one for one in found if (one.code, one.measure) == ("a", "krippendorff_alpha"))


def test_two_groups() -> None:
    one = alpha_of(compare_groups(counted(24, missed=4), "half", "early", "late", PARAMETERS))
    assert one.first is not None
    assert one.second is not None
    assert one.difference.value == pytest.approx(one.second - one.first)
    assert one.difference.low is not None
    assert 0 < one.difference.low < one.second - one.first


def test_groups_that_do_not_differ() -> None:
    one = alpha_of(compare_groups(counted(24, missed=0), "half", "early", "late", PARAMETERS))
    assert one.difference.value == pytest.approx(0.0)
    assert one.difference.low is not None
    assert one.difference.high is not None
    assert one.difference.low < 0 < one.difference.high


def test_the_same_transcripts_are_drawn_alike() -> None:
    """A re-test of the same transcripts with the same codings differs by nothing, in every draw."""
    tables = counted(12, missed=2)
    one = alpha_of(compare_rounds(tables, tables, PARAMETERS))
    assert (one.difference.value, one.difference.low, one.difference.high) == (0.0, 0.0, 0.0)


def test_other_transcripts_are_drawn_apart() -> None:
    one = alpha_of(compare_rounds(counted(12, missed=2), counted(12, missed=2, prefix="u"), PARAMETERS))
    assert one.difference.value == 0.0
    assert one.difference.low is not None
    assert one.difference.low < -0.01


def test_a_re_test_of_some_transcripts() -> None:
    one = alpha_of(compare_rounds(counted(12, missed=2), counted(9, missed=0), PARAMETERS))
    assert one.difference.low is not None


def test_no_interval_for_fewer_than_eight() -> None:
    one = alpha_of(compare_rounds(counted(12, missed=2), counted(7, missed=2, prefix="u"), PARAMETERS))
    assert (one.difference.low, one.difference.interval_reason) == (None, "few_transcripts")


def test_reasons_of_either_side() -> None:
    found = compare_rounds(counted(12, missed=2), counted(12, missed=2, prefix="u", used=0), PARAMETERS)
    one = alpha_of(found)
    assert (one.second, one.difference.value, one.difference.reason) == (None, None, "not_used")
    assert one.first is not None
    assert {one.difference.reason for one in found if one.code == "unused"} == {"not_used"}


def test_presence_is_not_compared() -> None:
    found = compare_rounds(counted(8, missed=1), counted(8, missed=1, prefix="u"), PARAMETERS)
    assert {one.level for one in found} == {"sentence"}


def test_nothing_to_compare() -> None:
    assert compare_rounds(counted(8, missed=1), counted(0, missed=1), PARAMETERS) == ()


def test_a_group_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no transcript to compare has the value 'north'"):
        compare_groups(counted(8, missed=1), "site", "north", "south", PARAMETERS)
