"""How many discrepancies there are: of each kind, and of each code or those below it."""

import pytest

from apps.agreement.engine import (
    Code,
    Differences,
    Span,
    Study,
    Tables,
    align,
    differences,
    pack,
    restricted,
    tabulate,
    unpack,
    with_differences,
)

from .make import speech

CODES = [Code("a"), Code("a1", parent="a"), Code("a2", parent="a"), Code("b"), Code("b1", parent="b")]


@pytest.fixture
def tables() -> Tables:
    """Ann and Bob differ in one transcript as to a1 and a2, and in the other as to a1; Cem codes it too."""
    spans = [
        Span("s1", "t1", "ann", "a1", 0, 20),
        Span("s2", "t1", "bob", "a2", 0, 20),
        Span("s3", "t2", "ann", "a1", 0, 20),
        Span("s4", "t2", "cem", "b1", 40, 60),
    ]
    study = Study.of(
        transcripts=[speech(100, id="t1"), speech(100, id="t2")],
        codes=CODES,
        assignments=[("t1", "ann"), ("t1", "bob"), ("t2", "ann"), ("t2", "bob"), ("t2", "cem")],
        spans=spans,
    )
    return with_differences(tabulate(study), align(study).discrepancies)


def test_a_difference_within_a_construct_counts_once_there(tables: Tables) -> None:
    found = differences(restricted(tables, {"t1"}))
    assert found == Differences(1, {"sibling": 1}, {"a": 1, "a1": 1, "a2": 1, "b": 0, "b1": 0})


def test_all_coders_together(tables: Tables) -> None:
    found = differences(tables)
    assert (found.total, found.by_kind) == (5, {"missed": 4, "sibling": 1})
    assert found.by_code == {"a": 3, "a1": 3, "a2": 1, "b": 2, "b1": 2}


def test_of_two_coders_in_whatever_order(tables: Tables) -> None:
    for pair in (("ann", "cem"), ("cem", "ann")):
        found = differences(tables, coders=pair)
        assert (found.total, found.by_kind) == (2, {"missed": 2})
        assert found.by_code == {"a": 1, "a1": 1, "a2": 0, "b": 1, "b1": 1}


def test_of_one_construct(tables: Tables) -> None:
    assert differences(tables, code="b").by_kind == {"missed": 2}
    assert differences(tables, code="a").by_kind == {"missed": 2, "sibling": 1}
    assert differences(tables, code="none such").total == 0


def test_they_are_stored_with_the_tables(tables: Tables) -> None:
    assert differences(unpack(pack(tables), levels=())) == differences(tables)


def test_nobody_differs() -> None:
    study = Study.of(
        transcripts=[speech(100)], codes=CODES, assignments=[("t", "ann"), ("t", "bob")], spans=[]
    )
    found = differences(with_differences(tabulate(study), align(study).discrepancies))
    assert (found.total, found.by_kind, set(found.by_code.values())) == (0, {}, {0})
