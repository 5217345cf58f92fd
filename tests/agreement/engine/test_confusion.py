"""Codes of two coders side by side."""

import pytest

from apps.agreement.engine import Code, Confusion, Span, Study, blocks, compute

from .make import Marked, speech, study


def sentence(coder: str, code: str, *numbers: int) -> list[Marked]:
    return [(coder, code, 10 * number, 10 * number + 10) for number in numbers]


CODES = [Code("A"), Code("a", "A"), Code("b"), Code("c")]


def test_who_used_which_where() -> None:
    rows = [
        *sentence("ann", "a", 0, 1, 2, 3),
        *sentence("bob", "a", 0),  # both used a
        *sentence("bob", "b", 0, 1),  # bob added b to 0; in 1 it stands against a
        *sentence("bob", "c", 1),  # and so does c
        *sentence("ann", "c", 3),
        *sentence("bob", "A", 3),  # a construct, unspecified, against a and c
        *sentence("bob", "c", 7),
    ]
    (found,) = compute(study(rows, codes=CODES), replicates=0).confusions
    assert found == Confusion(
        level="sentence",
        coders=("ann", "bob"),
        codes=("A", "a", "b", "c"),
        cells=((0, 0, 0, 0), (1, 1, 1, 1), (0, 0, 0, 0), (1, 0, 0, 0)),
        first_alone=(0, 1, 0, 0),
        second_alone=(0, 0, 1, 1),
    )


def test_each_pair_by_the_transcripts_of_both() -> None:
    given = Study.of(
        transcripts=[speech(20, id="t"), speech(20, id="u")],
        codes=[Code("a"), Code("b")],
        assignments=[("t", "bob"), ("t", "ann"), ("u", "cho"), ("u", "bob")],
        spans=[
            Span("1", "t", "ann", "a", 0, 10),
            Span("2", "t", "bob", "b", 0, 10),
            Span("3", "u", "bob", "b", 0, 20),
        ],
    )
    first, second = compute(given, replicates=0).confusions
    assert (first.coders, first.cells, first.first_alone) == (("ann", "bob"), ((0, 1), (0, 0)), (0, 0))
    assert (second.coders, second.cells, second.first_alone) == (("bob", "cho"), ((0, 0), (0, 0)), (0, 2))


def test_many_transcripts_are_counted_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = [
        Span(f"{text}{coder}{code}", f"t{text}", coder, code, 0, 10 + text)
        for text in range(9)
        for coder, code in [("ann", "a"), ("bob", "a" if text % 3 else "b")]
    ]
    given = Study.of(
        transcripts=[speech(20 + text, id=f"t{text}") for text in range(9)],
        codes=[Code("a"), Code("b")],
        assignments=[(f"t{text}", coder) for text in range(9) for coder in ("ann", "bob")],
        spans=spans,
    )
    whole = compute(given, replicates=0).confusions
    assert whole[0].cells == ((12, 5), (0, 0))
    monkeypatch.setattr(blocks, "CHARACTERS", 45)
    assert compute(given, replicates=0).confusions == whole
