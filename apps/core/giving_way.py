"""What is done in one process shares one Python: who draws a large page lets short requests go first.

A save beside such a page took more than twice as long as alone: each of its questions to the database ended
in waiting for Python, which the page held.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import sleep
from typing import TypeVar

Item = TypeVar("Item")

STEP = 0.001  # seconds
MOST_STEPS = 100  # whoever needs longer is no short request


class _Waiting:
    """How many others want Python; those that give way do not count."""

    def __init__(self) -> None:
        self.number = 0
        self._lock = Lock()

    def change(self, by: int) -> None:
        with self._lock:
            self.number += by


_waiting = _Waiting()


@contextmanager
def counted() -> Iterator[None]:
    """Is let go first from here to the end: a request from when it has a thread until it is answered."""
    _waiting.change(1)
    try:
        yield
    finally:
        _waiting.change(-1)


def giving_way(items: Iterable[Item]) -> Iterator[Item]:
    """The same items; between two of them this thread sleeps while another is at work.

    Inside `counted`, never one inside another, and never while others wait for rows that one changed. Two
    that give way do not wait for each other.
    """
    steps = MOST_STEPS
    _waiting.change(-1)
    try:
        for item in items:
            while _waiting.number > 0 and steps > 0:
                sleep(STEP)
                steps -= 1
            yield item
    finally:
        _waiting.change(1)
