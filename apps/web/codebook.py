"""The codebook beside the text, as HTML: the same for everybody but for the counts, so it is drawn once."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from apps.agreement import queries as agreement
from apps.codebooks.queries import Node
from apps.coding.models import CodingAssignment
from apps.coding.queries import Surface, groups_of

# Where a count belongs. No text that comes from the database can hold this character.
COUNT = "\0"


class Part(NamedTuple):
    """What follows the count of a code, up to the next count."""

    code: UUID
    html: str


class Clarified(NamedTuple):
    """A ruling on a code, as it stands below the definition."""

    code_id: UUID
    given_at: datetime
    text: str


def panel(assignment: CodingAssignment, surface: Surface) -> SafeString:
    """The codes that the coder can apply, and how often each was."""
    number = assignment.codebook_version.number
    before, parts = drawn(surface.codes, number, _rulings(assignment), get_language())
    counted = [f"{surface.counts.get(code, '')}{html}" for code, html in parts]
    return mark_safe("".join([before, *counted]))  # noqa: S308 - a template's own, and numbers


def _rulings(assignment: CodingAssignment) -> tuple[Clarified, ...]:
    if not hasattr(assignment, "in_round"):
        return ()
    given = agreement.rulings(assignment=assignment).values_list(*Clarified._fields)
    return tuple(Clarified(*each) for each in given)


@lru_cache(maxsize=100)
def drawn(
    codes: tuple[Node, ...], number: int, rulings: tuple[Clarified, ...], language: str | None
) -> tuple[str, tuple[Part, ...]]:
    """The HTML, parted where the counts belong; all that it depends on is among the arguments."""
    groups = groups_of(codes)
    facts = {"groups": groups, "number": number, "rulings": rulings, "count": COUNT}
    before, *parts = render_to_string("coding/_codebook.html", facts).split(COUNT)
    counted = [branch.code.id for group in groups for branch in group.applicable]
    return before, tuple(Part(code, html) for code, html in zip(counted, parts, strict=True))
