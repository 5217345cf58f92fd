"""Values of spreadsheet cells as text, and text as numbers and dates."""

import datetime as dt
import re
from decimal import Decimal

from apps.core.refusal import Refused, gettext_noop

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta


class Unfit(Refused, ValueError):  # noqa: N818 - named as it reads where it is raised
    """Text that is not the number or date that it should be; a ValueError with a sentence."""


_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:[, \u00a0\u202f]\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_DIGITS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?([a-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}|\d{2})")
_WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
# Two-digit years: participants are born in the twentieth century, studies happen in this one.
_FIRST_YEAR_OF_LAST_CENTURY = 40
_SERIAL_ORIGIN = dt.date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 7_306, 73_415  # the years 1920 to 2100


def cell_text(cell: Cell) -> str:
    """Return a cell as a person would type it: 7.0 as 7, dates in ISO form, TRUE and FALSE as shown."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        return _duration(cell)
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def is_serial_date(cell: Cell) -> bool:
    """Whether a number could be a day of 1920 to 2100 as spreadsheets count them."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return is_number and FIRST_SERIAL <= float(cell) <= LAST_SERIAL  # type: ignore[arg-type]


def from_serial(number: float) -> dt.date:
    """Return the day that a spreadsheet means by a number (1 is 1 January 1900, with its false leap day)."""
    return _SERIAL_ORIGIN + dt.timedelta(days=int(number))


def to_number(text: str) -> Decimal:
    """Return a number written with a decimal point, thousands apart by comma or space; else ValueError."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        raise Unfit("not_a_number", gettext_noop("“%(text)s” is not a number."), text=text)
    return Decimal(re.sub(r"[, \u00a0\u202f]", "", stripped))


def to_whole_number(text: str) -> int:
    """Return a whole number ("7" and "7.0" alike); else ValueError."""
    number = to_number(text)
    if number != number.to_integral_value():
        raise Unfit("not_whole", gettext_noop("“%(text)s” is not a whole number."), text=text)
    return int(number)


def to_date(text: str, *, day_first: bool = True) -> dt.date:
    """Return a date from ISO form, 3/6/21, 3.6.2021, 3 June 2021 or June 3, 2021; else ValueError.

    Two-digit years from 40 are of the last century. A date that the stated order makes impossible is refused
    rather than turned round.
    """
    year, month, day = _date_parts(text, day_first=day_first)
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise Unfit("no_such_day", gettext_noop("There is no such day as “%(text)s”."), text=text) from None


def _date_parts(text: str, *, day_first: bool) -> tuple[int, int, int]:
    folded = _WEEKDAY.sub("", " ".join(text.casefold().split()))
    if match := _ISO.fullmatch(folded):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DIGITS.fullmatch(folded):
        first, second = int(match[1]), int(match[2])
        day, month = (first, second) if day_first else (second, first)
        return _year(match[3]), month, day
    if match := _DAY_FIRST.fullmatch(folded):
        return _year(match[3]), _month(match[2], text), int(match[1])
    if match := _MONTH_FIRST.fullmatch(folded):
        return _year(match[3]), _month(match[1], text), int(match[2])
    raise _not_a_date(text)


def _year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (1900 if int(digits) >= _FIRST_YEAR_OF_LAST_CENTURY else 2000)


def _month(word: str, text: str) -> int:
    found = [
        number
        for number, month in enumerate(_MONTHS, start=1)
        if month.startswith(word.replace("sept", "sep"))
    ]
    if len(found) != 1 and word != "september":
        raise _not_a_date(text)
    return found[0] if found else 9


def _not_a_date(text: str) -> Unfit:
    return Unfit("not_a_date", gettext_noop("“%(text)s” is not a date; write it like 2021-06-03."), text=text)


def _duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
