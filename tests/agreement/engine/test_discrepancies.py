"""The kinds of discrepancy, one story each; the text is all participant speech unless it is written out."""

from dataclasses import replace

import pytest

from apps.agreement.engine import (
    Alignment,
    Code,
    Discrepancy,
    Kind,
    Span,
    Study,
    Tolerance,
    align,
    find,
    from_json,
    to_json,
)

from .make import Marked, speech, study

CODEBOOK = [Code("A"), Code("a1", "A"), Code("a2", "A"), Code("B"), Code("b1", "B"), Code("other")]
EXACT = Tolerance("characters", 0)


def differing(
    marked: list[Marked], tolerance: Tolerance | None = None
) -> list[tuple[Kind, list[str], list[str]]]:
    found = find(study(marked, codes=CODEBOOK), tolerance=tolerance)
    return [(one.kind, list(one.first), list(one.second)) for one in found]


def only(marked: list[Marked], tolerance: Tolerance | None = None) -> Discrepancy:
    (found,) = find(study(marked, codes=CODEBOOK), tolerance=tolerance)
    return found


def test_the_same_span_is_agreement() -> None:
    found = align(study([("ann", "a1", 0, 50), ("bob", "a1", 0, 50)], codes=CODEBOOK))
    assert found.discrepancies == ()
    (match,) = found.matches
    assert (match.code, match.first, match.second, match.start, match.end) == ("a1", ("s0",), ("s1",), 0, 50)


def test_half_of_the_shorter_span_is_agreement_and_the_consensus_is_the_union() -> None:
    found = align(study([("ann", "a1", 0, 50), ("bob", "a1", 40, 60)], codes=CODEBOOK))
    assert found.discrepancies == ()
    assert [(match.start, match.end) for match in found.matches] == [(0, 60)]


def test_less_than_half_is_a_boundary() -> None:
    one = only([("ann", "a1", 0, 50), ("bob", "a1", 41, 60)])
    assert (one.kind, one.first, one.second, one.start, one.end) == ("boundary", ("s0",), ("s1",), 0, 60)
    assert one.differs == ((0, 41), (50, 60))


def test_less_than_half_of_a_shorter_first_span() -> None:
    assert differing([("ann", "a1", 41, 60), ("bob", "a1", 0, 50)]) == [("boundary", ["s0"], ["s1"])]
    assert differing([("ann", "a1", 40, 60), ("bob", "a1", 0, 50)]) == []


def test_missed() -> None:
    one = only([("ann", "a1", 10, 20), ("bob", "b1", 60, 70), ("ann", "b1", 60, 70)])
    assert (one.kind, one.first, one.second, one.beside) == ("missed", ("s0",), (), ())
    assert (one.first_codes, one.second_codes, one.differs) == (("a1",), (), ((10, 20),))


def test_missed_by_the_first() -> None:
    assert differing([("bob", "a1", 10, 20)]) == [("missed", [], ["s0"])]


def test_extra_where_both_coded_something() -> None:
    one = only([("ann", "a1", 10, 30), ("bob", "a1", 10, 30), ("bob", "b1", 10, 30)])
    assert (one.kind, one.first, one.second, one.beside) == ("extra", (), ("s2",), ("s0",))


@pytest.mark.parametrize(
    ("added", "there", "kind"),
    [
        ((0, 100), (40, 50), "extra"),
        ((40, 50), (45, 100), "extra"),
        ((40, 50), (46, 100), "missed"),
        ((0, 60), (56, 64), "extra"),
        ((0, 60), (57, 64), "missed"),
    ],
)
def test_half_of_the_shorter_tells_extra_from_missed(
    added: tuple[int, int], there: tuple[int, int], kind: Kind
) -> None:
    one = only([("ann", "a1", *added), ("ann", "b1", *there), ("bob", "b1", *there)])
    assert (one.kind, one.beside) == (kind, ("s2",) if kind == "extra" else ())


def test_touching_elsewhere_is_still_missed() -> None:
    found = differing([("ann", "a1", 10, 30), ("bob", "b1", 29, 90), ("ann", "b1", 29, 90)])
    assert found == [("missed", ["s0"], [])]


@pytest.mark.parametrize(
    ("mine", "theirs", "kind"),
    [
        ("a1", "a2", "sibling"),
        ("a1", "b1", "construct"),
        ("a1", "B", "construct"),
        ("A", "B", "construct"),
        ("a1", "other", "construct"),
        ("A", "a1", "level"),
        ("a2", "A", "level"),
    ],
)
def test_another_code_on_the_same_passage(mine: str, theirs: str, kind: Kind) -> None:
    one = only([("ann", mine, 10, 30), ("bob", theirs, 12, 30)])
    assert (one.kind, one.first, one.second) == (kind, ("s0",), ("s1",))
    assert (one.first_codes, one.second_codes, one.differs) == ((mine,), (theirs,), ((10, 30),))


def test_the_closest_code_is_compared_first() -> None:
    found = differing([("ann", "a1", 10, 30), ("bob", "b1", 10, 30), ("bob", "a2", 12, 30)])
    assert found == [("extra", [], ["s1"]), ("sibling", ["s0"], ["s2"])]


def test_as_many_as_possible_are_compared() -> None:
    # a1 lies nearest to a2, but b1 can only be compared with a1, and other only with a2
    marked: list[Marked] = [
        ("ann", "a1", 0, 40),
        ("ann", "other", 30, 60),
        ("bob", "a2", 20, 60),
        ("bob", "b1", 0, 20),
    ]
    assert differing(marked) == [("construct", ["s0"], ["s3"]), ("construct", ["s1"], ["s2"])]


def test_of_codes_that_are_equally_close_the_one_with_more_text_in_common() -> None:
    found = differing([("ann", "a1", 10, 30), ("bob", "other", 20, 31), ("bob", "b1", 10, 30)])
    assert found == [("construct", ["s0"], ["s2"]), ("extra", [], ["s1"])]


def test_same_code_goes_before_other_codes() -> None:
    found = differing(
        [("ann", "a1", 0, 20), ("bob", "a2", 0, 20), ("bob", "a1", 0, 20), ("ann", "a2", 0, 20)]
    )
    assert found == []


def test_codes_with_less_than_half_in_common_are_not_compared() -> None:
    one, other = ("ann", "a1", 0, 50), ("bob", "a2", 41, 60)
    assert differing([one, other]) == [("missed", ["s0"], []), ("missed", [], ["s1"])]
    next_to_it = ("bob", "b1", 55, 80)
    assert [kind for kind, _, _ in differing([one, other, next_to_it])] == ["missed"] * 3


def test_influence() -> None:
    found = align(study([("ann", "a1", 0, 20, "helps"), ("bob", "a1", 0, 25, "hinders")], codes=CODEBOOK))
    (one,) = found.discrepancies
    assert (one.kind, one.first, one.second) == ("influence", ("s0",), ("s1",))
    (match,) = found.matches
    assert (match.influences, match.agrees_on_influence) == (("helps", "hinders"), False)


def test_influence_set_by_one_only() -> None:
    assert differing([("ann", "a1", 0, 20, "helps"), ("bob", "a1", 0, 20)]) == [("influence", ["s0"], ["s1"])]


def test_split() -> None:
    one = only([("ann", "a1", 0, 50), ("bob", "a1", 0, 20), ("bob", "a1", 25, 50)])
    assert (one.kind, one.first, one.second, one.differs) == ("split", ("s0",), ("s1", "s2"), ((20, 25),))


def test_split_by_influence() -> None:
    one = only(
        [("ann", "a1", 0, 50, "helps"), ("bob", "a1", 0, 20, "helps"), ("bob", "a1", 20, 50, "hinders")]
    )
    assert (one.kind, one.first, one.second, one.differs) == ("split", ("s0",), ("s1", "s2"), ((0, 50),))


def test_touching_spans_of_one_coder_are_one() -> None:
    found = align(study([("ann", "a1", 0, 50), ("bob", "a1", 0, 20), ("bob", "a1", 20, 50)], codes=CODEBOOK))
    assert found.discrepancies == ()
    assert found.matches[0].second == ("s1", "s2")


def test_overlapping_spans_of_another_influence_stay_apart() -> None:
    marked: list[Marked] = [
        ("ann", "a1", 0, 30, "helps"),
        ("ann", "a1", 20, 50, "hinders"),
        ("bob", "a1", 20, 50, "hinders"),
        ("bob", "a1", 0, 30, "helps"),
    ]
    assert differing(marked, EXACT) == []


@pytest.mark.parametrize(("coder", "other"), [("ann", "bob"), ("bob", "ann")])
def test_two_influences_on_a_passage_that_the_other_left_uncoded(coder: str, other: str) -> None:
    marked: list[Marked] = [
        (coder, "a1", 0, 30, "helps"),
        (coder, "a1", 20, 50, "hinders"),
        (coder, "b1", 60, 70),
        (other, "b1", 60, 70),
    ]
    found = differing(marked)
    assert [(kind, mine + theirs) for kind, mine, theirs in found] == [("missed", ["s0"]), ("missed", ["s1"])]


def test_equal_influence_decides_between_equal_overlaps() -> None:
    marked: list[Marked] = [
        ("ann", "a1", 0, 30, "helps"),
        ("ann", "a1", 0, 30, "hinders"),
        ("bob", "a1", 0, 30, "hinders"),
        ("bob", "a1", 0, 30, "helps"),
    ]
    assert differing(marked) == []


def test_two_equal_influences_do_not_outweigh_each_other_by_the_order_of_coders() -> None:
    marked: list[Marked] = [
        ("x", "a1", 1, 7),
        ("x", "a1", 1, 6, "helps"),
        ("y", "a1", 1, 5),
        ("y", "a1", 0, 7, "helps"),
    ]
    exchanged: list[Marked] = [({"x": "y", "y": "x"}[who], *rest) for who, *rest in marked]  # type: ignore[misc]
    for given in (marked, exchanged):
        assert find(study(given, codes=CODEBOOK, coders=("x", "y"))) == ()


def test_what_can_agree_in_influence_too_does_so_though_it_shares_less_text() -> None:
    marked: list[Marked] = [
        ("ann", "a1", 0, 10, "helps"),
        ("ann", "a1", 0, 20, "hinders"),
        ("bob", "a1", 4, 24, "helps"),
        ("bob", "a1", 0, 12, "hinders"),
    ]
    assert differing(marked) == []


def test_the_assignment_is_optimal_and_not_greedy() -> None:
    # Greedy by overlap would pair s0 with s2 (30 in common) and leave s1 and s3 without their counterparts.
    marked: list[Marked] = [
        ("ann", "a1", 0, 40, "helps"),
        ("ann", "a1", 30, 55, "hinders"),
        ("bob", "a1", 10, 52, "both"),
        ("bob", "a1", 0, 12, "unclear"),
    ]
    found = align(study(marked, codes=CODEBOOK))
    assert [(match.first, match.second) for match in found.matches] == [
        (("s0",), ("s3",)),
        (("s1",), ("s2",)),
    ]


def test_agreeing_pairs_go_before_text_in_common() -> None:
    # s0 and s2 have 40 in common, which is too little; s0 with s3 and s1 with s2 agree on 10 each.
    marked: list[Marked] = [
        ("ann", "a1", 0, 100),
        ("ann", "a1", 250, 270),
        ("bob", "a1", 60, 260),
        ("bob", "a1", 0, 10),
    ]
    found = align(study(marked, transcript=speech(300), codes=CODEBOOK))
    assert [(match.first, match.second) for match in found.matches] == [
        (("s0",), ("s3",)),
        (("s1",), ("s2",)),
    ]


def test_of_agreeing_pairs_those_with_more_text_in_common() -> None:
    marked: list[Marked] = [
        ("ann", "a1", 0, 40, "helps"),
        ("ann", "a1", 10, 50, "hinders"),
        ("bob", "a1", 10, 50, "both"),
        ("bob", "a1", 0, 40, "unclear"),
    ]
    assert differing(marked) == [("influence", ["s0"], ["s3"]), ("influence", ["s1"], ["s2"])]


def test_what_is_left_over_joins_the_coding_that_it_overlaps_most() -> None:
    marked: list[Marked] = [
        ("ann", "a1", 0, 20, "helps"),
        ("ann", "a1", 18, 60, "hinders"),
        ("bob", "a1", 0, 18, "helps"),
        ("bob", "a1", 30, 60, "hinders"),
        ("bob", "a1", 18, 30, "both"),
    ]
    assert differing(marked) == [("split", ["s1"], ["s4", "s3"])]


def test_what_overlaps_two_codings_equally_joins_the_earlier_one() -> None:
    marked: list[Marked] = [
        ("ann", "a1", 0, 20, "helps"),
        ("ann", "a1", 20, 40, "hinders"),
        ("bob", "a1", 0, 15, "helps"),
        ("bob", "a1", 15, 25, "both"),
        ("bob", "a1", 25, 40, "hinders"),
    ]
    assert differing(marked) == [("split", ["s0"], ["s2", "s3"])]


def test_a_neighbour_of_another_influence_is_no_part_of_a_split() -> None:
    marked: list[Marked] = [
        ("ann", "a1", 0, 20, "helps"),
        ("bob", "a1", 10, 40, "helps"),
        ("bob", "a1", 35, 60, "hinders"),
    ]
    assert differing(marked) == [("missed", [], ["s2"])]


def test_without_answers_the_place_is_not_told() -> None:
    assert only([("ann", "a1", 10, 20)]).answer is None


def test_three_coders_are_compared_two_by_two() -> None:
    given = study([("ann", "a", 0, 9), ("cho", "a", 0, 9)], coders=("cho", "ann", "bob"))
    found = align(given)
    assert [(one.coders, one.kind, one.first, one.second) for one in found.discrepancies] == [
        (("ann", "bob"), "missed", ("s0",), ()),
        (("bob", "cho"), "missed", (), ("s1",)),
    ]
    assert [match.coders for match in found.matches] == [("ann", "cho")]


def test_codings_of_three_coders_and_two_codes_do_not_mix() -> None:
    codes = [Code("a"), Code("b")]
    found = align(study([("ann", "b", 0, 9), ("cho", "a", 0, 9)], codes=codes, coders=("ann", "bob", "cho")))
    assert [(one.kind, one.first, one.second) for one in found.discrepancies] == [
        ("missed", ("s0",), ()),
        ("construct", ("s0",), ("s1",)),
        ("missed", (), ("s1",)),
    ]


def test_transcripts_do_not_mix() -> None:
    given = Study.of(
        transcripts=[speech(40, id="u"), speech(40, id="t")],
        codes=[Code("a")],
        assignments=[(id, coder) for id in "tu" for coder in ("ann", "bob")],
        spans=[Span("1", "u", "ann", "a", 30, 40), Span("2", "t", "bob", "a", 0, 10)],
    )
    assert [(one.transcript, one.first, one.second) for one in find(given)] == [
        ("t", (), ("2",)),
        ("u", ("1",), ()),
    ]


def test_a_transcript_of_one_coder_has_no_discrepancies() -> None:
    assert find(study([("ann", "a", 0, 9)], coders=("ann",))) == ()


def test_order_is_that_of_the_text() -> None:
    marked: list[Marked] = [
        ("bob", "b1", 50, 60),
        ("ann", "a2", 10, 20),
        ("ann", "a1", 10, 20),
        ("bob", "other", 0, 5),
    ]
    assert differing(marked) == [
        ("missed", [], ["s3"]),
        ("missed", ["s2"], []),
        ("missed", ["s1"], []),
        ("missed", [], ["s0"]),
    ]


def test_matches_are_in_the_order_of_the_text() -> None:
    spans = [("a2", 0, 9), ("a1", 20, 29), ("b1", 20, 25), ("b1", 40, 49)]
    found = align(study([(coder, *span) for coder in ("ann", "bob") for span in spans], codes=CODEBOOK))
    assert [(match.start, match.code) for match in found.matches] == [
        (0, "a2"),
        (20, "b1"),
        (20, "a1"),
        (40, "b1"),
    ]


def test_what_lies_beside_is_in_the_order_of_the_text_whatever_the_codes() -> None:
    beside = [("b1", 0, 12), ("a2", 10, 22), ("other", 20, 30)]
    shared: list[Marked] = [(coder, *span) for coder in ("ann", "bob") for span in beside]
    assert only([("ann", "a1", 0, 30), *shared]).beside == ("s4", "s5", "s6")


def test_the_first_of_a_pair_is_the_first_by_name() -> None:
    given = study([("ann", "a1", 0, 9)], codes=CODEBOOK)
    turned = replace(given, coders=("bob", "ann"), spans=replace(given.spans, coder=1 - given.spans.coder))
    assert find(turned) == find(given)


def test_a_split_that_covers_the_same_is_told_as_a_whole() -> None:
    one = only([("ann", "a1", 0, 10, "helps"), ("ann", "a1", 10, 20, "hinders"), ("bob", "a1", 0, 20)])
    assert (one.kind, one.first, one.second, one.differs) == ("split", ("s0", "s1"), ("s2",), ((0, 20),))


def test_a_code_of_another_level_is_closer_than_a_sibling_that_shares_more_text() -> None:
    found = differing([("ann", "a1", 0, 20), ("bob", "a2", 0, 18), ("bob", "A", 0, 12)])
    assert ("level", ["s0"], ["s2"]) in found


def test_json_and_back() -> None:
    marked: list[Marked] = [("ann", "a1", 0, 20, "helps"), ("bob", "a1", 0, 25), ("bob", "b1", 50, 60)]
    found = align(study(marked, codes=CODEBOOK))
    assert from_json(Alignment, to_json(found)) == found
