"""Text of strangers' files as PostgreSQL can hold it."""

import re
from typing import Any

# Spreadsheets can smuggle in both; neither is text.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """The same JSON without what no database text may hold."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    if isinstance(value, dict):
        return {storable(key): storable(each) for key, each in value.items()}
    return value
