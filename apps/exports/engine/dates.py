"""Whether the dates of a column begin with the day or with the month, as far as they tell."""

import re
from collections.abc import Iterable
from enum import StrEnum

_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})")


class DateOrder(StrEnum):
    CLEAR = "clear"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    ASK = "ask"


def date_order(texts: Iterable[str]) -> DateOrder:
    """The order that all dates of a column fit; ASK where they leave it open or contradict one another."""
    pairs = [(int(match[1]), int(match[2])) for text in texts if (match := _NUMERIC.fullmatch(text.strip()))]
    has_day_first = any(first > 12 for first, _ in pairs)
    has_month_first = any(second > 12 for _, second in pairs)
    is_open = any(first != second for first, second in pairs)
    if has_day_first != has_month_first:
        return DateOrder.DAY_FIRST if has_day_first else DateOrder.MONTH_FIRST
    return DateOrder.ASK if is_open else DateOrder.CLEAR
