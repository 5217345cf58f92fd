"""Topic guides as people type them: a question on each line, what it asks about in brackets at its end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LABELS = re.compile(r"\s*\[([^\[\]]*)\]\s*$")


@dataclass(frozen=True)
class Line:
    """A question and the labels of the codes that it asks about."""

    text: str
    labels: tuple[str, ...] = ()


def read(text: str) -> list[Line]:
    """“How did you hear of it? [c1, c2]” is a question about c1 and c2; empty lines are passed over."""
    return [_line(line.strip()) for line in text.splitlines() if line.strip()]


def write(lines: Iterable[Line]) -> str:
    """What `read` reads."""
    return "\n".join(
        f"{line.text} [{', '.join(line.labels)}]" if line.labels else line.text for line in lines
    )


def _line(line: str) -> Line:
    found = _LABELS.search(line)
    if not found:
        return Line(line)
    labels = tuple(label.strip() for label in found[1].split(",") if label.strip())
    return Line(line[: found.start()], labels)
