"""Flat marks against the slow way: asking of every single character which codings it is under."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from apps.coding.engine.marks import Extent, Segment, covered, cut, in_reading_order, lanes, reach, stripes

LENGTH = 30


@st.composite
def some_extents(draw: st.DrawFn) -> list[Extent]:
    spans = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, LENGTH)).filter(
        lambda span: span[0] < span[1]
    )
    drawn = draw(st.lists(spans, max_size=12))
    return in_reading_order(
        Extent(str(number), start, end, hue=number % 9, label=f"a{number % 4}")
        for number, (start, end) in enumerate(drawn)
    )


@st.composite
def a_turn(draw: st.DrawFn) -> tuple[int, int]:
    start = draw(st.integers(0, LENGTH - 1))
    return start, draw(st.integers(start + 1, LENGTH))


def under(place: int, extents: list[Extent]) -> set[str]:
    return {each.key for each in extents if each.start <= place < each.end}


@given(a_turn(), some_extents())
def test_every_character_lies_in_one_segment_with_its_codings(
    turn: tuple[int, int], extents: list[Extent]
) -> None:
    segments = cut(*turn, extents)
    places = [place for segment in segments for place in range(segment.start, segment.end)]
    assert places == list(range(*turn))
    for segment in segments:
        keys = {each.key for each in segment.under}
        assert [under(place, extents) for place in range(segment.start, segment.end)] == [keys] * (
            segment.end - segment.start
        )
        assert {each.key for each in segment.starting} == {
            each.key for each in extents if each.start == segment.start
        }


@given(a_turn(), some_extents())
def test_neighbouring_segments_differ(turn: tuple[int, int], extents: list[Extent]) -> None:
    segments = cut(*turn, extents)
    for before, after in pairwise(segments):
        assert {each.key for each in before.under} != {each.key for each in after.under}


@given(some_extents())
def test_codings_that_overlap_never_share_a_lane(extents: list[Extent]) -> None:
    lane_of = lanes(extents)
    for place in range(LENGTH):
        here = [lane_of[key] for key in under(place, extents)]
        assert len(here) == len(set(here))


@given(some_extents())
def test_there_are_as_many_lanes_as_the_deepest_place_needs(extents: list[Extent]) -> None:
    deepest = max(len(under(place, extents)) for place in range(LENGTH))
    assert max(lanes(extents).values(), default=0) == deepest


@given(a_turn(), some_extents())
def test_lanes_within_reach_do_not_depend_on_what_lies_beyond(
    turn: tuple[int, int], extents: list[Extent]
) -> None:
    start, end = reach(*turn, covered(extents))
    near = [each for each in extents if each.start < end and start < each.end]
    assert all(start <= each.start and each.end <= end for each in near)
    everywhere = lanes(extents)
    assert lanes(near) == {each.key: everywhere[each.key] for each in near}


@given(a_turn(), some_extents())
def test_a_change_reaches_no_further_than_from_coding_to_coding(
    turn: tuple[int, int], extents: list[Extent]
) -> None:
    reached = set(range(*turn))
    for _ in extents:
        for each in extents:
            if reached & set(range(each.start, each.end)):
                reached |= set(range(each.start, each.end))
    assert reach(*turn, covered(extents)) == (min(reached), max(reached) + 1)


@given(a_turn(), some_extents())
def test_a_stripe_runs_over_exactly_the_stretches_of_its_coding(
    turn: tuple[int, int], extents: list[Extent]
) -> None:
    segments = cut(*turn, extents)
    marked = [segment for segment in segments if segment.under]
    drawn = {
        stripe.extent.key: list(range(stripe.first, stripe.last + 1))
        for stripe in stripes(segments, lanes(extents))
    }
    expected: dict[str, list[int]] = {}
    for number, segment in enumerate(marked, start=1):
        for extent in segment.under:
            expected.setdefault(extent.key, []).append(number)
    assert drawn == expected


def test_two_codings_that_overlap_by_a_word() -> None:
    first, second = Extent("1", 2, 8, label="a1"), Extent("2", 5, 9, label="b1")
    assert cut(0, 10, [first, second]) == [
        Segment(0, 2),
        Segment(2, 5, (first,), (first,)),
        Segment(5, 8, (first, second), (second,)),
        Segment(8, 9, (second,)),
        Segment(9, 10),
    ]
    assert lanes([first, second]) == {"1": 1, "2": 2}


def test_of_two_codings_that_start_together_the_longer_comes_first() -> None:
    short, long, later = Extent("1", 2, 4), Extent("2", 2, 9), Extent("3", 3, 5)
    assert in_reading_order([later, short, long]) == [long, short, later]


def test_a_coding_from_the_turn_before_goes_on_without_starting_again() -> None:
    coding = Extent("1", 4, 20)
    assert cut(10, 15, [coding]) == [Segment(10, 15, (coding,))]


def test_a_turn_without_codings_is_one_segment() -> None:
    assert cut(3, 9, []) == [Segment(3, 9)]
