"""What stands after a round, for every kind of discrepancy and every sensible decision on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from apps.agreement.engine import Code, Discrepancy, Study, align
from apps.agreement.engine.consensus import (
    Choice,
    Claim,
    Consensus,
    Contest,
    InfluenceOpenError,
    Passage,
    consensus,
    joined,
    same_question,
    standing,
)

from .make import Marked, study

CODES = (Code("a"), Code("a1", "a"), Code("a2", "a"), Code("b1"), Code("q"))
P = Passage


def claims_of(of: Study, coders: Sequence[str]) -> list[Claim]:
    rows = of.spans
    influences = ("helps", "hinders", "both", "unclear", "")  # -1 is the last
    return [
        Claim(
            rows.id(row),
            of.coders[rows.coder[row]],
            P(
                of.codes[rows.code[row]].id,
                int(rows.start[row]),
                int(rows.end[row]),
                influences[rows.influence[row]],
            ),
        )
        for row in range(len(rows))
    ]


def asked(
    marked: Sequence[Marked], decide: Callable[[Discrepancy], Choice | None], *coders: str
) -> tuple[list[Claim], list[Contest]]:
    """The claims of a small study, and its discrepancies as they were decided."""
    coders = coders or ("ann", "bob")
    of = study(marked, codes=CODES, coders=coders)
    claims = claims_of(of, coders)
    by_id = {each.id: each.passage for each in claims}
    contests = []
    for number, found in enumerate(align(of).discrepancies):
        choice = decide(found)
        about = found.kind == "influence"
        first, second = ([by_id[id] for id in side] for side in (found.first, found.second))
        decided = standing(choice, first, second, is_about_influence=about) if choice else None
        contests.append(Contest(f"d{number}", found.coders, found.first, found.second, about, decided))
    return claims, contests


def settled(marked: Sequence[Marked], choice: Choice | None, *coders: str) -> Consensus:
    return consensus(*asked(marked, lambda _: choice, *coders))


KINDS: dict[str, list[Marked]] = {
    "missed": [("ann", "a1", 10, 30, "helps")],
    "extra": [("ann", "a1", 10, 30), ("bob", "a1", 10, 30), ("ann", "b1", 12, 30)],
    "sibling": [("ann", "a1", 10, 30), ("bob", "a2", 12, 40)],
    "construct": [("ann", "a1", 10, 30), ("bob", "b1", 12, 40)],
    "level": [("ann", "a", 10, 30), ("bob", "a1", 12, 40)],
    "boundary": [("ann", "a1", 10, 30, "helps"), ("bob", "a1", 26, 60, "helps")],
    "influence": [("ann", "a1", 10, 30, "helps"), ("bob", "a1", 12, 40, "hinders")],
    "split": [("ann", "a1", 10, 60), ("bob", "a1", 10, 20), ("bob", "a1", 40, 60)],
}


def test_the_examples_are_of_the_kinds_that_they_are_named_after() -> None:
    found = {
        kind: [each.kind for each in align(study(KINDS[kind], codes=CODES)).discrepancies] for kind in KINDS
    }
    assert found == {kind: [kind] for kind in KINDS}


@pytest.mark.parametrize(
    ("kind", "choice", "expected"),
    [
        ("missed", Choice("first"), [P("a1", 10, 30, "helps")]),
        ("missed", Choice("first", influence="none"), [P("a1", 10, 30, "")]),
        ("missed", Choice("first", "new", start=5, end=20), [P("a1", 5, 20, "helps")]),
        ("missed", Choice("another", code="q"), [P("q", 10, 30, "")]),
        ("missed", Choice("neither"), []),
        ("missed", Choice("codebook"), []),
        ("missed", None, []),
        ("extra", Choice("first"), [P("a1", 10, 30, ""), P("b1", 12, 30, "")]),
        ("extra", Choice("neither"), [P("a1", 10, 30, "")]),
        ("sibling", Choice("first"), [P("a1", 10, 30, "")]),
        ("sibling", Choice("second"), [P("a2", 12, 40, "")]),
        ("sibling", Choice("both"), [P("a1", 10, 30, ""), P("a2", 12, 40, "")]),
        ("sibling", Choice("first", "union"), [P("a1", 10, 40, "")]),
        ("sibling", Choice("both", "intersection"), [P("a1", 12, 30, ""), P("a2", 12, 30, "")]),
        ("sibling", Choice("another", code="q", influence="helps"), [P("q", 10, 40, "helps")]),
        ("construct", Choice("second", "new", start=0, end=9), [P("b1", 0, 9, "")]),
        ("level", Choice("second"), [P("a1", 12, 40, "")]),
        ("boundary", Choice("first"), [P("a1", 10, 30, "helps")]),
        ("boundary", Choice("second"), [P("a1", 26, 60, "helps")]),
        ("boundary", Choice("both", "union"), [P("a1", 10, 60, "helps")]),
        ("boundary", Choice("both", "intersection"), [P("a1", 26, 30, "helps")]),
        ("boundary", Choice("both", "new", start=10, end=50), [P("a1", 10, 50, "helps")]),
        ("boundary", Choice("neither"), []),
        ("influence", Choice("first"), [P("a1", 10, 40, "helps")]),
        ("influence", Choice("second"), [P("a1", 10, 40, "hinders")]),
        ("influence", Choice("both"), [P("a1", 10, 40, "helps"), P("a1", 10, 40, "hinders")]),
        ("influence", Choice("both", influence="unclear"), [P("a1", 10, 40, "unclear")]),
        ("influence", Choice("neither"), []),
        ("split", Choice("first"), [P("a1", 10, 60, "")]),
        ("split", Choice("second"), [P("a1", 10, 20, ""), P("a1", 40, 60, "")]),
        ("split", Choice("both", "union"), [P("a1", 10, 60, "")]),
        ("split", Choice("both", "intersection"), [P("a1", 10, 20, ""), P("a1", 40, 60, "")]),
    ],
)
def test_each_kind_settled_in_each_sensible_way(
    kind: str, choice: Choice | None, expected: list[Passage]
) -> None:
    assert settled(KINDS[kind], choice) == Consensus(tuple(expected), ())


def test_joined_boundaries_with_two_influences_need_to_be_told_which() -> None:
    marked: list[Marked] = [("ann", "a1", 10, 30, "helps"), ("bob", "a1", 26, 60, "hinders")]
    with pytest.raises(InfluenceOpenError):
        settled(marked, Choice("both", "union"))
    assert settled(marked, Choice("both", "union", influence="both")).passages == (P("a1", 10, 60, "both"),)


TWICE: list[Marked] = [
    ("ann", "a1", 10, 30),
    ("ann", "a1", 10, 30, "helps"),
    ("bob", "a1", 10, 30),
    ("bob", "a1", 10, 30, "hinders"),
]


@pytest.mark.parametrize("stands", ["helps", "hinders"])
def test_what_both_coded_stands_beside_a_second_influence_that_differs(stands: str) -> None:
    choice = Choice("first" if stands == "helps" else "second")
    assert settled(TWICE, choice) == Consensus((P("a1", 10, 30, ""), P("a1", 10, 30, stands)), ())


def test_influences_that_differ_crosswise_are_two_questions() -> None:
    claims = [
        Claim("ann, none", "ann", P("a1", 10, 30, "")),
        Claim("ann, helps", "ann", P("a1", 20, 60, "helps")),
        Claim("bob, none", "bob", P("a1", 20, 60, "")),
        Claim("bob, helps", "bob", P("a1", 10, 30, "helps")),
    ]
    pairs = {"d0": ("ann, none", "bob, helps"), "d1": ("ann, helps", "bob, none")}
    decided = {"d0": P("a1", 10, 30, ""), "d1": P("a1", 20, 60, "helps")}
    contests = [
        Contest(id, ("ann", "bob"), (one,), (other,), True, (decided[id],))
        for id, (one, other) in pairs.items()
    ]
    assert consensus(claims, contests) == Consensus((P("a1", 10, 30, ""), P("a1", 20, 60, "helps")), ())


# --- three coders

ONE_OF_THREE: list[Marked] = [("ann", "a1", 10, 30)]
TWO_OF_THREE: list[Marked] = [("ann", "a1", 10, 30), ("bob", "a1", 12, 40)]
THREE = ("ann", "bob", "cho")


def test_two_who_agree_are_one_claim_against_the_third() -> None:
    claims, contests = asked(TWO_OF_THREE, lambda _: None, *THREE)
    assert same_question(claims, contests) == {"d0": [("d1", False)], "d1": [("d0", False)]}
    assert settled(TWO_OF_THREE, Choice("first"), *THREE).passages == (P("a1", 10, 40, ""),)
    assert settled(TWO_OF_THREE, Choice("neither"), *THREE).passages == ()


def test_what_only_one_of_three_coded_is_one_question() -> None:
    claims, contests = asked(ONE_OF_THREE, lambda _: None, *THREE)
    assert same_question(claims, contests) == {"d0": [("d1", False)], "d1": [("d0", False)]}


def test_sides_may_stand_the_other_way_round() -> None:
    marked: list[Marked] = [("ann", "a1", 10, 30), ("bob", "a2", 10, 30), ("cho", "a1", 10, 30)]
    claims, contests = asked(marked, lambda _: None, *THREE)
    assert same_question(claims, contests) == {"d0": [("d1", True)], "d1": [("d0", True)]}


def test_a_claim_stands_when_every_contest_about_it_upholds_it() -> None:
    marked: list[Marked] = [("ann", "a1", 10, 30), ("bob", "a2", 10, 30), ("cho", "b1", 10, 30)]
    claims, contests = asked(marked, lambda _: Choice("first"), *THREE)
    assert [each.coders for each in contests] == [("ann", "bob"), ("ann", "cho"), ("bob", "cho")]
    # a1 beat both, but a2 lost to a1 and beat b1: the team must say which.
    assert consensus(claims, contests) == Consensus((P("a1", 10, 30, ""),), ("d0", "d2"))
    contests[2] = replace(contests[2], decided=())
    assert consensus(claims, contests) == Consensus((P("a1", 10, 30, ""),), ())
    contests[1] = replace(contests[1], decided=None)
    assert consensus(claims, contests) == Consensus((), ())


def test_decisions_that_contradict_one_another_leave_nothing_and_are_named() -> None:
    claims, contests = asked(TWO_OF_THREE, lambda _: Choice("first"), *THREE)
    contests[1] = replace(contests[1], decided=())
    assert consensus(claims, contests) == Consensus((), ("d0", "d1"))


def test_the_influence_is_what_the_pair_decided_that_differed_in_it() -> None:
    marked: list[Marked] = [("ann", "a1", 10, 30, "helps"), ("bob", "a1", 10, 40, "hinders")]
    claims, contests = asked(marked, lambda _: Choice("first"), *THREE)
    assert [each.is_about_influence for each in contests].count(True) == 1
    assert consensus(claims, contests).passages == (P("a1", 10, 40, "helps"),)


# --- for every study

SPAN = some.tuples(
    some.sampled_from(THREE),
    some.sampled_from(["a", "a1", "a2", "b1"]),
    some.integers(0, 90),
    some.integers(1, 40),
    some.sampled_from([None, "helps", "hinders"]),
)
STUDIES = some.lists(SPAN, max_size=9)
OUTCOMES = some.sampled_from(["first", "second", "both", "neither", "codebook", "another", None])
often = settings(max_examples=120, deadline=None)


def without_own_overlaps(rows: list[tuple[str, str, int, int, str | None]]) -> list[Marked]:
    """A coder's own codings of one code and influence never overlap or touch."""
    kept: list[Marked] = []
    for coder, code, start, length, influence in rows:
        end = min(start + length, 100)
        same = [each for each in kept if (each[0], each[1], each[4]) == (coder, code, influence)]  # type: ignore[misc]
        if all(end < each[2] or each[3] < start for each in same):
            kept.append((coder, code, start, end, influence))
    return kept


@often
@given(STUDIES, some.randoms(use_true_random=False), OUTCOMES)
def test_between_two_coders_exactly_what_was_decided_stands(
    rows: list[Marked], chance: object, one: str
) -> None:
    marked = without_own_overlaps([row for row in rows if row[0] != "cho"])  # type: ignore[arg-type]
    choice = None if one is None else Choice(one, code="q" if one == "another" else "")  # type: ignore[arg-type]
    claims, contests = asked(marked, lambda _: choice)
    contested = {id for each in contests for id in each.claims}
    agreed = [each.passage for each in claims if each.id not in contested]
    decided = [passage for each in contests for passage in each.decided or ()]
    assert consensus(claims, contests) == Consensus(joined([*agreed, *decided]), ())
    assert all(not others for others in same_question(claims, contests).values())


@often
@given(STUDIES, some.lists(OUTCOMES, min_size=30, max_size=30), some.permutations(range(30)))
def test_among_three_nothing_stands_that_a_decision_rejected(
    rows: list[Marked], outcomes: list[str], order: list[int]
) -> None:
    marked = without_own_overlaps(rows)  # type: ignore[arg-type]
    chosen = iter(outcomes)

    def decide(_: Discrepancy) -> Choice | None:
        outcome = next(chosen, None)
        return None if outcome is None else Choice(outcome, code="q" if outcome == "another" else "")  # type: ignore[arg-type]

    claims, contests = asked(marked, decide, *THREE)
    found = consensus(claims, contests)
    shuffled = [contests[place] for place in order if place < len(contests)] + contests[30:]
    assert consensus(claims, shuffled).passages == found.passages
    assert joined(found.passages) == found.passages
    # Every passage comes from a claim that nobody contests, or from a decision.
    contested = {id for each in contests for id in each.claims}
    sources = [each.passage for each in claims if each.id not in contested]
    sources += [passage for each in contests for passage in each.decided or ()]
    assert all(
        any(source.code == each.code and each.start <= source.start < each.end for source in sources)
        for each in found.passages
    )
    # And nothing of a claim stands by itself that a contest left open or dropped.
    if all(not each.decided for each in contests):
        assert found.passages == joined(each.passage for each in claims if each.id not in contested)
        assert found.contradictory == ()
