"""How long a transcript may be: far above any interview, far below what hurts."""

from collections.abc import Iterable, Iterator

from apps.core.refusal import Refused, gettext_noop
from apps.transcripts.engine.drafts import Block

MAX_CHARACTERS = 2_000_000
MAX_LINES = 50_000


def within_limits(name: str, blocks: Iterable[Block]) -> Iterator[Block]:
    """Pass blocks on until there are too many, so that the rest is never built."""
    characters = lines = 0
    for block in blocks:
        characters += len(block.text)
        lines += block.text.count("\n") + 1
        if characters > MAX_CHARACTERS or lines > MAX_LINES:
            raise Refused(
                "too_long",
                gettext_noop(
                    "%(name)s is too long: the most is %(characters)s characters and %(lines)s lines."
                ),
                name=name,
                characters=MAX_CHARACTERS,
                lines=MAX_LINES,
            )
        yield block
