"""Which codes a coder keeps at hand, on any device."""

from django.db import transaction

from apps.accounts.models import User
from apps.codebooks.models import Code
from apps.coding.actions.assignments import must_be_mine
from apps.coding.models import CodingAssignment, PinnedCode


@transaction.atomic
def pin(*, assignment: CodingAssignment, code: Code, by: User) -> None:
    """Keeps the code at hand wherever the coder works with this codebook; no event, it is read by others."""
    must_be_mine(assignment, by)
    PinnedCode.objects.get_or_create(coder=by, codebook=code.version.codebook, lineage=code.lineage)


@transaction.atomic
def unpin(*, assignment: CodingAssignment, code: Code, by: User) -> None:
    """Lets it go, in all versions."""
    must_be_mine(assignment, by)
    PinnedCode.objects.filter(coder=by, codebook=code.version.codebook, lineage=code.lineage).delete()
