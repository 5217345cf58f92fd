"""Lines of a small plot as SVG wants them."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, TOP = 640, 140, 8


@dataclass(frozen=True)
class Plot:
    """Two lines over the same steps: `held` and `planned` are SVG points, `most` is the top of the scale."""

    held: str
    planned: str
    most: int
    ends: tuple[tuple[float, float], tuple[float, float]]


def plot(held: Sequence[int], planned: Sequence[int]) -> Plot | None:
    """The two lines from 0 to the largest number; None for fewer than two steps."""
    if len(held) < 2:
        return None
    most = max([*held, *planned, 1])

    def point(step: int, value: int) -> tuple[float, float]:
        x = WIDTH * step / (len(held) - 1)
        return round(x, 1), round(TOP + (HEIGHT - TOP) * (1 - value / most), 1)

    def line(values: Sequence[int]) -> str:
        return " ".join(f"{x},{y}" for x, y in (point(step, value) for step, value in enumerate(values)))

    last = len(held) - 1
    return Plot(line(held), line(planned), most, (point(last, held[last]), point(last, planned[last])))
