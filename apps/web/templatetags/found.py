"""What somebody looked for, in the words around it: hundreds of pieces stand on one page."""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from apps.transcripts.engine.search import Piece

register = template.Library()


@register.filter
def with_hits(pieces: Iterable[Piece]) -> SafeString:
    """The pieces in order, each hit as a mark."""
    return mark_safe("".join(map(_drawn, pieces)))  # noqa: S308 - all words went through escape()


def _drawn(piece: Piece) -> str:
    words = escape(piece.words)
    return f'<mark class="found">{words}</mark>' if piece.is_hit else words
