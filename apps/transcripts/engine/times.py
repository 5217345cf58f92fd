"""Times as transcripts write them: 0:04, 00:01:02.500, [00:01], #00:00:12-5#, and ranges of them."""

import re

_CLOCK = r"\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:[.,]\d{1,3})?"
_F4 = r"#\d{1,2}:[0-5]\d:[0-5]\d(?:-\d)?#"
_RANGE = rf"{_CLOCK}(?:\s*(?:-->|->|–|-|to)\s*{_CLOCK})?"
TIME = rf"(?:{_F4}|\[{_RANGE}\]|\({_RANGE}\)|<{_RANGE}>|{_RANGE})"
BRACKETED_TIME = rf"(?:{_F4}|\[{_RANGE}\]|\({_RANGE}\)|<{_RANGE}>)"

_PARTS = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?:[.,-](\d{1,3}))?")


def milliseconds(text: str) -> int | None:
    """Return the first time in `text` (minutes:seconds or hours:minutes:seconds) in milliseconds."""
    match = _PARTS.search(text)
    if match is None:
        return None
    first, second, third, fraction = match.groups()
    hours, minutes, seconds = (0, int(first), int(second))
    if third is not None:
        hours, minutes, seconds = int(first), int(second), int(third)
    return (hours * 3600 + minutes * 60 + seconds) * 1000 + int((fraction or "0").ljust(3, "0"))
