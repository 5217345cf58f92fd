"""When things happened in the demonstration. Its last rounds are always of these days."""

from datetime import UTC, date, datetime, timedelta


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of the study, in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def some_days_after(day: date, days: int, hour: int = 10) -> datetime:
    """A moment some days after an interview."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC) + timedelta(days=days)


def last_morning(now: datetime) -> datetime:
    """Nine o'clock of this day, or of the day before where that is still to come."""
    nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
    return nine if nine <= now else nine - timedelta(days=1)


STUDY_OPENED = at(2021, 3, 1)
CODEBOOK_MADE = at(2021, 6, 10, 14)
PEOPLE_LISTED = at(2022, 3, 28, 11)
CALIBRATION_OPENED = at(2022, 4, 4)
MAIN_ROUND_OPENED = at(2022, 4, 25)
RULING_GIVEN = at(2022, 6, 1, 15)
CODEBOOK_CLARIFIED = at(2022, 6, 21, 10)
PRIMARY_CODING_BEGAN = at(2022, 6, 27)
