"""What an answer to a consent form permits, on plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

YES, NO, NOT_RECORDED, WITHDRAWN = "yes", "no", "not_recorded", "withdrawn"

# Where nothing is recorded, these wait until something is; everything else goes on with a warning.
NEEDS_A_YES = frozenset({"quotation", "quotation_after_check", "sharing"})


class Verdict(Enum):
    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True)
class Given:
    """One recorded answer; `order` is greater for a later consent form."""

    scope: str
    answer: str
    answered_on: date | None = None
    order: int = 0


def standing(given: Iterable[Given]) -> dict[str, Given]:
    """Scope -> the answer that counts: the one on the latest form that asked, and there the strictest."""
    found: dict[str, Given] = {}
    for each in given:
        known = found.get(each.scope)
        if known is None or _weight(each) > _weight(known):
            found[each.scope] = each
    return found


def verdict(answer: str, scope: str) -> Verdict:
    """No and withdrawn block what they cover; not recorded warns, and blocks only quoting and sharing."""
    if answer == YES:
        return Verdict.ALLOW
    if answer in (NO, WITHDRAWN) or scope in NEEDS_A_YES:
        return Verdict.BLOCK
    return Verdict.WARN


def _weight(given: Given) -> tuple[bool, int, int]:
    strictness = {YES: 0, NO: 1, WITHDRAWN: 2}
    return given.answer in strictness, given.order, strictness.get(given.answer, 0)
