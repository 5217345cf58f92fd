"""The codebook beside the text, as HTML: the same for everybody but for the counts, so it is drawn once."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from apps.coding.queries import CodeGroup

# Where a count belongs. No text that comes from the database can hold this character.
COUNT = "\0"


class Clarified(NamedTuple):
    """A ruling on a code, as it stands below the definition."""

    code_id: UUID
    given_at: datetime
    text: str


def panel(
    groups: tuple[CodeGroup, ...],
    counts: Mapping[UUID, int],
    *,
    number: int,
    rulings: tuple[Clarified, ...] = (),
) -> SafeString:
    """The codes that can be applied, of the version with this number, and how often each was."""
    before, *parts = _drawn(groups, number, rulings, get_language())
    codes = [code.id for group in groups for code in group.codes]
    drawn = [f"{counts.get(code, '')}{part}" for code, part in zip(codes, parts, strict=True)]
    return mark_safe("".join([before, *drawn]))  # noqa: S308 - a template's own, and numbers


@lru_cache(maxsize=100)
def _drawn(
    groups: tuple[CodeGroup, ...], number: int, rulings: tuple[Clarified, ...], language: str | None
) -> tuple[str, ...]:
    """The HTML, parted where the counts belong; all that it depends on is among the arguments."""
    facts = {"groups": groups, "number": number, "rulings": rulings, "count": COUNT}
    return tuple(render_to_string("coding/_codebook.html", facts).split(COUNT))
