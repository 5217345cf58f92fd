"""How definitions were clarified in mid-round."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from apps.agreement.models import Round, Ruling
from apps.coding.models import CodingAssignment
from apps.core.compiled import Compiled
from apps.core.row_keys import any_of


def rulings(*, assignment: CodingAssignment) -> QuerySet[Ruling]:
    """The rulings of the round that an assignment belongs to, the oldest first."""
    return Ruling.objects.filter(round__transcripts__assignments__assignment=assignment)


def rulings_on(*, round: Round, codes: Iterable[UUID]) -> tuple[Ruling, ...]:
    """How the definitions of these codes were to be read in a round, the oldest first."""
    return tuple(_given(round=round.id, codes=list(codes)))


_given = Compiled(
    lambda round, codes: Ruling.objects.filter(round=round, code__in=any_of(codes)), round=UUID, codes=list
)
