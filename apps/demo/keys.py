"""Keys that are the same in every copy of the demonstration, so that a link to it works in all."""

from uuid import UUID, uuid5

_DEMONSTRATION = UUID("6f1d5c1e-3c1a-4f5e-9b62-0c4b6e0d7a11")


def key(*words: object) -> UUID:
    """The key of what these words name."""
    return uuid5(_DEMONSTRATION, "/".join(map(str, words)))
