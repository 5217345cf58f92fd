"""How definitions were clarified in mid-round."""

from django.db.models import QuerySet

from apps.agreement.models import Ruling
from apps.coding.models import CodingAssignment


def rulings(*, assignment: CodingAssignment) -> QuerySet[Ruling]:
    """The rulings of the round that an assignment belongs to, the oldest first."""
    return Ruling.objects.filter(round__transcripts__assignments__assignment=assignment)
