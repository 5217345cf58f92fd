from apps.participants.engine.funnel import Way, funnel, level


def test_the_furthest_step_counts() -> None:
    assert level(["approached", "replied", "reminded"]) == 2
    assert level(["declined"]) == 2
    assert level(["approached"], ["held"]) == 4
    assert level([]) == 0


def test_everybody_who_came_further_also_came_this_far() -> None:
    ways = [
        Way("g", "s", "r", 4),
        Way("g", "s", "r", 1, people=40),
        Way("g", "s", "r", 2, exit="declined", reason="No time", people=3),
        Way("g", "s", "r", 2, exit="declined"),
    ]
    counted = funnel(ways)
    assert counted.reached == [45, 45, 5, 1, 1]
    assert (counted.no_reply, counted.response_percent) == (40, 11)
    assert counted.leaving == [("declined", [("No time", 3), ("", 1)])]


def test_there_is_no_rate_of_nobody() -> None:
    assert funnel([]).response is None
