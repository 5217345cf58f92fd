"""The last days of the demonstration lie behind the moment at which it is built."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.demo.calendar import last_morning

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (NINE, NINE),
        (NINE + timedelta(hours=14, minutes=59), NINE),
        (NINE - timedelta(seconds=1), NINE - timedelta(days=1)),
        (NINE.replace(hour=0, minute=1), NINE - timedelta(days=1)),
    ],
)
def test_the_last_morning_has_been(now: datetime, morning: datetime) -> None:
    assert last_morning(now) == morning
