"""How much of a text somebody has had before their eyes. Stretches are half-open, in code points."""

from collections.abc import Iterable

Stretch = tuple[int, int]


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same stretches in order, those that overlap or touch made one."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def covered(stretches: Iterable[Stretch], length: int) -> int:
    """How many of the text's `length` code points lie in the stretches."""
    return sum(max(0, min(end, length) - start) for start, end in merged(stretches))


def unread(stretches: Iterable[Stretch], length: int) -> list[Stretch]:
    """What lies between the stretches."""
    found, at = [], 0
    for start, end in merged(stretches):
        if start > at:
            found.append((at, min(start, length)))
        at = max(at, end)
    if at < length:
        found.append((at, length))
    return [(start, end) for start, end in found if start < end]


def pace(read: int, seconds: int, *, least_read: int = 3000, least_seconds: int = 300) -> float | None:
    """Seconds for a code point; None before there is enough to tell."""
    return seconds / read if read >= least_read and seconds >= least_seconds else None


def minutes_left(to_read: int, pace: float | None) -> int | None:
    """Rounded up to five minutes: more exact it is not."""
    if pace is None:
        return None
    return -(-round(to_read * pace) // 300) * 5
