"""What somebody looked for, in the words around it: hundreds of pieces stand on one page."""

from collections.abc import Iterable
from html import escape
from urllib.parse import quote
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.transcripts.engine.search import Piece
from apps.transcripts.models import Turn
from apps.transcripts.queries import Hit

register = template.Library()


@register.filter
def with_hits(pieces: Iterable[Piece]) -> SafeString:
    """The pieces in order, each hit as a mark."""
    return mark_safe("".join(map(_drawn, pieces)))  # noqa: S308 - all words went through escape()


@register.simple_tag
def found_list(hits: Iterable[Hit], study: UUID, asked: str) -> SafeString:
    """A list item for each hit, which leads to its turn; a template would take five times as long."""
    items = [_item(hit, study, f"?find={quote(asked, safe='')}#turn-{hit.number}") for hit in hits]
    return mark_safe("".join(items))  # noqa: S308 - all words went through escape()


def _item(hit: Hit, study: UUID, place: str) -> str:
    text = hit.place
    number = _("turn %(number)s") % {"number": hit.number}
    role = "" if hit.turn.role == Turn.Role.PARTICIPANT else f" · {Turn.Role(hit.turn.role).label}"
    return (
        f'<li><a class="item" href="{reverse("transcript", args=[study, text.transcript])}{place}">'
        f'<span class="item-head"><span>{escape(text.pseudonym)} '
        f'<span class="quiet">{escape(text.group)}</span></span>'
        f'<span class="quiet nowrap">{escape(number + role)}</span></span>'
        f'<span class="found-words" dir="auto">{with_hits(hit.pieces)}</span></a></li>'
    )


def _drawn(piece: Piece) -> str:
    words = escape(piece.words)
    return f'<mark class="found">{words}</mark>' if piece.is_hit else words
