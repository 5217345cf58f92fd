"""Bad input: one exception, and it names the row."""

import re
import unicodedata
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.agreement.engine import Code, InputError, Span, Spans, Study, Transcript, Turn, compute, find
from apps.agreement.engine.study import words_of

from .make import speech, study

SPEAKER: Any = "speaker"


def built(**changes: Any) -> Study:
    given: dict[str, Any] = {
        "transcripts": [speech(100)],
        "codes": [Code("a")],
        "assignments": [("t", "ann"), ("t", "bob")],
        "spans": [Span("first", "t", "ann", "a", 0, 9)],
    }
    return Study.of(**given | changes)


def span(**changes: Any) -> list[Span]:
    good: dict[str, Any] = {
        "id": "second",
        "transcript": "t",
        "coder": "bob",
        "code": "a",
        "start": 3,
        "end": 9,
    }
    return [Span("first", "t", "ann", "a", 0, 9), Span(**good | changes)]


def test_good_input_is_accepted() -> None:
    assert len(built(spans=span()).spans) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": 9}, r"span row 1 \(id second, \[9, 9\)\): start is not before end"),
        ({"start": 50, "end": 9}, r"span row 1 \(id second, \[50, 9\)\): start is not before end"),
        ({"end": 101}, r"span row 1 \(id second, \[3, 101\)\): lies outside the text"),
        ({"start": -1}, r"span row 1 \(id second, \[-1, 9\)\): lies outside the text"),
        ({"code": "b"}, r"span row 1 \(id second\): unknown code 'b'"),
        ({"coder": "cho"}, r"span row 1 \(id second\): unknown coder 'cho'"),
        ({"transcript": "u"}, r"span row 1 \(id second\): unknown transcript 'u'"),
        ({"influence": "good"}, r"span row 1 \(id second\): unknown influence 'good'"),
        ({"start": float("nan")}, "row 1: start is nan, not a whole number"),
        ({"end": 9.5}, "row 1: end is 9.5, not a whole number"),
        ({"end": float("inf")}, "row 1: end is inf, not a whole number"),
        ({"end": None}, "row 1: end is nan, not a whole number"),
        ({"end": "nine"}, "row 1: end is 'nine', not a whole number"),
        ({"id": "first"}, "span row 1: 'first' is given twice"),
    ],
)
def test_a_wrong_span(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}$"):
        built(spans=span(**change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"assignments": [("t", "ann"), ("t", "ann")]},
            "assignment 1: coder 'ann' is given twice for transcript 't'",
        ),
        ({"assignments": [("u", "ann")]}, "assignment 0: unknown transcript 'u'"),
        ({"transcripts": [speech(100), speech(50)]}, "transcript 1: 't' is given twice"),
        ({"codes": [Code("a"), Code("a")]}, "code 1: 'a' is given twice"),
        ({"codes": [Code("a", "b")]}, "code 0: 'a' has the unknown parent 'b'"),
        ({"codes": [Code("a", "b"), Code("b", "a")]}, "code 0: 'a' is its own ancestor"),
        ({"codes": [Code("a", "a")]}, "code 0: 'a' is its own ancestor"),
    ],
)
def test_a_wrong_frame(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}$"):
        built(**change)


def test_a_coder_who_is_not_assigned_to_the_transcript() -> None:
    with pytest.raises(
        InputError, match=r"span row 0 \(id s, \[0, 9\)\): its coder is not assigned to its transcript"
    ):
        Study.of(
            transcripts=[speech(20, id="t"), speech(20, id="u")],
            codes=[Code("a")],
            assignments=[("t", "ann"), ("u", "bob")],
            spans=[Span("s", "t", "bob", "a", 0, 9)],
        )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"turns": [Turn(5, 5, "participant")]}, "transcript 't', turn 0: start 5 is not before end 5"),
        (
            {"turns": [Turn(5, 90, "participant")]},
            r"transcript 't', turn 0: \[5, 90\) lies outside the text of 50 characters",
        ),
        ({"turns": [Turn(0, 9, SPEAKER)]}, "transcript 't', turn 0: unknown role 'speaker'"),
        (
            {"sentences": [(0, 9), (8, 12)]},
            "transcript 't', sentence 1: starts at 8, before the one before it ends",
        ),
        ({"sentences": [(0, 9, 3)]}, "transcript 't', sentences: each needs a start and an end"),
        ({"sentences": [(0, 9), (9,)]}, "transcript 't', sentences: each needs a start and an end"),
        ({"words": [(-1, 3)]}, r"transcript 't', word 0: \[-1, 3\) lies outside the text of 50 characters"),
        ({"length": -1}, "transcript 't': length -1 is negative"),
    ],
)
def test_a_wrong_transcript(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}$"):
        Transcript.of("t", **({"length": 50} | given))


@pytest.mark.parametrize("values", [[[0]], 0])
def test_columns_have_one_dimension(values: Any) -> None:
    columns = dict.fromkeys(("transcript", "coder", "code", "start", "end"), values)
    with pytest.raises(InputError, match=r"spans: column transcript has [02] dimensions, not one"):
        Spans.from_arrays(**columns)


def test_arrays_are_checked_like_plain_values() -> None:
    columns: dict[str, Any] = {"transcript": [0], "coder": [0], "code": [0], "start": [3], "end": [9]}
    frame = (speech(20),), (Code("a"),), ("ann",), np.ones((1, 1), dtype=bool)
    assert len(Study(*frame, Spans.from_arrays(**columns)).spans) == 1
    for name, value, message in [
        ("transcript", [1], "unknown transcript"),
        ("coder", [-1], "unknown coder"),
        ("code", [7], "unknown code"),
        ("influence", [4], "unknown influence"),
        ("end", [21], "lies outside the text"),
        ("end", [9, 10], "column end has 2 rows, start has 1"),
        ("ids", ["a", "b"], "2 ids for 1 rows"),
    ]:
        with pytest.raises(InputError, match=message):
            Study(*frame, Spans.from_arrays(**columns | {name: value}))


def test_assignments_must_fit() -> None:
    with pytest.raises(InputError, match="one row for each transcript"):
        Study(
            (speech(9),),
            (),
            ("ann",),
            np.ones((1, 2), dtype=bool),
            Spans.from_arrays(transcript=[], coder=[], code=[], start=[], end=[]),
        )


def test_words_of_a_text() -> None:
    transcript = Transcript.from_text("t", "Oh – 👍 no_w, 3 !")
    assert transcript.words is not None
    assert transcript.words.tolist() == [[0, 2], [5, 6], [7, 12], [13, 14]]


@given(
    st.text(
        st.sampled_from("ab é\u0301漢٣½_,.!–\t\n\r\x1c\x85\u00a0\u200b\u2028\u3000\ufeff👍🏽\u200d$+\ud800")
    )
)
def test_words_are_stretches_without_white_space_that_say_something(text: str) -> None:
    said = [
        [match.start(), match.end()]
        for match in re.finditer(r"\S+", text)
        if any(unicodedata.category(letter)[0] in "LNS" for letter in match.group())
    ]
    assert words_of(text).tolist() == said


@pytest.mark.parametrize(
    "empty",
    [
        Study.of(transcripts=[], codes=[], assignments=[]),
        Study.of(transcripts=[speech(20)], codes=[], assignments=[("t", "ann"), ("t", "bob")]),
        Study.of(
            transcripts=[Transcript.of("t", 0)], codes=[Code("a")], assignments=[("t", "ann"), ("t", "bob")]
        ),
        Study.of(transcripts=[speech(20)], codes=[Code("a")], assignments=[("t", "ann")]),
    ],
    ids=["nothing", "no codes", "no text", "one coder"],
)
def test_nothing_to_compare_is_no_crash(empty: Study) -> None:
    report = compute(empty)
    assert [one.estimates for one in report.figures] == []
    assert find(empty) == ()


def test_spans_of_a_transcript_that_takes_no_part() -> None:
    given = study([("ann", "a", 0, 9)], coders=("ann",))
    assert compute(given).is_empty
