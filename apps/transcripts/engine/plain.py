"""Plain text: paragraphs stand between blank lines, or are lines where there are none."""

import re

from apps.core.decoding import Decoded, control_remarks
from apps.core.refusal import Remark, gettext_noop
from apps.transcripts.engine.drafts import Block, Source

_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_ADVERTISEMENT = re.compile(r"\s*transcribed by https?://\S+\s*", re.IGNORECASE)


def read_plain(decoded: Decoded) -> Source:
    """Return a text's paragraphs."""
    paragraphs = [text for text in _BLANK_LINES.split(decoded.text) if text.strip()]
    remarks = list(control_remarks(decoded))
    if paragraphs and _ADVERTISEMENT.fullmatch(paragraphs[-1]):
        remarks.append(
            Remark(
                "advertisement",
                gettext_noop("The last line “%(line)s” was left out."),
                {"line": paragraphs.pop().strip()},
            )
        )
    if len(paragraphs) == 1:
        paragraphs = [line for line in paragraphs[0].split("\n") if line.strip()]
    blocks = tuple(Block(text.strip("\n")) for text in paragraphs)
    return Source(blocks, decoded.encoding, decoded.is_guess, tuple(remarks))
