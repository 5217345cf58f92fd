"""Times in transcripts."""

import pytest

from apps.transcripts.engine.times import milliseconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0:04", 4_000),
        ("12:30", 750_000),
        ("01:02:03.500", 3_723_500),
        ("00:00:01,25", 1_250),
        ("[00:01]", 1_000),
        ("#00:00:12-5#", 12_500),
        ("00:00:05.000 --> 00:00:09.000", 5_000),
        ("soon", None),
    ],
)
def test_milliseconds(text: str, expected: int | None) -> None:
    assert milliseconds(text) == expected
