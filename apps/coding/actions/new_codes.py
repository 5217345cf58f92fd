"""Codes that a coder makes from a passage, where the codebook is open."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.codebooks.actions import TakesNoNewCodes, add_code
from apps.codebooks.engine.likeness import alike
from apps.codebooks.models import Code
from apps.coding.actions.assignments import locked_for_writing
from apps.coding.models import CodingAssignment
from apps.core.refusal import Refusal, gettext_noop


class OnlyInPrimaryCoding(Refusal):
    template = gettext_noop("While a text is coded independently, new codes wait for the next version.")


class UsedInARound(Refusal):
    template = gettext_noop(
        "Version %(number)s is used for double-coding and stays as it is: new codes wait for the next one."
    )


class MuchLike(Refusal):
    template = gettext_noop("“%(name)s” is much like %(others)s.")


@transaction.atomic
def make_code(
    *,
    assignment: CodingAssignment,
    name: str,
    parent: Code | None = None,
    definition: str = "",
    is_sure: bool = False,
    by: User,
    now: datetime,
) -> Code:
    """A new code in the version that the coder codes with; refused once when it is much like another one."""
    assignment = locked_for_writing(assignment, by)
    version = assignment.codebook_version
    must_take_new_codes(assignment)
    if not is_sure and (others := alike(name, version.codes.values_list("name", "aliases"))):
        raise MuchLike(name=name, others=", ".join(f"“{other}”" for other in others))
    code = add_code(
        version=version,
        name=name,
        parent=parent,
        definition=definition,
        is_outside_framework=parent is None,
        is_made_while_coding=True,
        by=by,
        now=now,
    )
    # Asked again: whoever was given the text meanwhile waited for the lock, or was there before it.
    must_take_new_codes(assignment)
    return code


def must_take_new_codes(assignment: CodingAssignment) -> None:
    """Agreement is measured over codes that stay; and to see a colleague's new code is to see their work."""
    version = assignment.codebook_version
    if assignment.kind != CodingAssignment.Kind.PRIMARY:
        raise OnlyInPrimaryCoding
    if not version.codebook.takes_new_codes:
        raise TakesNoNewCodes
    independent = CodingAssignment.objects.filter(kind=CodingAssignment.Kind.INDEPENDENT, voided_at=None)
    if independent.filter(codebook_version=version).exists():
        raise UsedInARound(number=version.number)
