"""Who draws much lets short requests go first, but not for ever."""

from contextlib import ExitStack

import pytest

from apps.core import giving_way
from apps.core.giving_way import MOST_STEPS, counted


class Naps:
    """Sleeping that takes no time; the other request is answered during the nap that is named."""

    def __init__(self) -> None:
        self.number = 0
        self.answered_at = -1
        self.other = ExitStack()

    def sleep(self, seconds: float) -> None:
        self.number += 1
        if self.number == self.answered_at:
            self.other.close()


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> Naps:
    naps = Naps()
    monkeypatch.setattr(giving_way, "sleep", naps.sleep)
    monkeypatch.setattr(giving_way, "_waiting", giving_way._Waiting())
    return naps


def test_alone_nobody_waits(naps: Naps) -> None:
    with counted():
        assert list(giving_way.giving_way("abc")) == ["a", "b", "c"]
    assert naps.number == 0


def test_one_waits_until_the_other_is_answered(naps: Naps) -> None:
    naps.answered_at = 3
    with counted():
        drawn = giving_way.giving_way("abc")
        assert next(drawn) == "a"
        naps.other.enter_context(counted())
        assert next(drawn) == "b"
        assert naps.number == 3
        assert list(drawn) == ["c"]
    assert naps.number == 3


def test_nobody_waits_for_ever(naps: Naps) -> None:
    with counted(), counted():
        assert list(giving_way.giving_way("abc")) == ["a", "b", "c"]
    assert naps.number == MOST_STEPS


def test_two_that_give_way_do_not_wait_for_each_other(naps: Naps) -> None:
    with counted(), counted():
        one, other = giving_way.giving_way("ab"), giving_way.giving_way("cd")
        assert next(one, None) == "a"
        slept = naps.number
        assert [next(other), next(one), next(other)] == ["c", "b", "d"]
    assert naps.number == slept


def test_who_is_done_counts_again_also_after_an_error(naps: Naps) -> None:
    with counted(), counted():
        with pytest.raises(ZeroDivisionError):
            [1 / number for number in giving_way.giving_way([1, 0])]
        before = naps.number
        list(giving_way.giving_way("a"))
    assert before == MOST_STEPS
    assert naps.number == 2 * MOST_STEPS
