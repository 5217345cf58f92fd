"""What counts as a word."""

import pytest

from apps.transcripts.engine.words import count_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("Mm-hm.", 1),
        ("well – um … [laughs] 12-hour", 4),
        ("no\u00a0break\tand\nlines", 4),
        ("👍 naïve cafe\u0301", 3),
    ],
)
def test_words(text: str, expected: int) -> None:
    assert count_words(text) == expected
