from hypothesis import given
from hypothesis import strategies as st

from apps.coding.engine.reading import covered, merged, minutes_left, pace, unread

STRETCHES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: (pair[0], sum(pair))), max_size=6
)


def test_stretches_that_touch_are_one() -> None:
    assert merged([(5, 9), (0, 3), (3, 4), (8, 12)]) == [(0, 4), (5, 12)]


@given(STRETCHES)
def test_what_was_read_and_what_was_not_are_the_whole_text_once(stretches: list[tuple[int, int]]) -> None:
    points = [any(start <= point < end for start, end in stretches) for point in range(50)]
    left = unread(stretches, 50)
    assert [any(start <= point < end for start, end in left) for point in range(50)] == [
        not is_read for is_read in points
    ]
    assert covered(stretches, 50) == sum(points)


def test_no_pace_is_told_before_there_is_enough_to_tell() -> None:
    assert pace(2999, 4000) is None
    assert pace(40_000, 299) is None
    assert pace(3000, 600) == 0.2


def test_time_is_rounded_up_to_five_minutes() -> None:
    assert minutes_left(10_000, 0.2) == 35
    assert minutes_left(0, 0.2) == 0
    assert minutes_left(10_000, None) is None
