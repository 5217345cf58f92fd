from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.codebooks.models import Code, CodebookVersion
from apps.coding.models.assignments import CodingAssignment
from apps.coding.models.codings import Coding
from apps.core.guarding import GuardedManager
from apps.core.records import Record, classified


class SecondLook(Record):
    """Whether a coding still fits under a later version; `code` is another one of that version.

    It changes no coding: taking a transcript over into the version does, with all of its second looks.
    """

    class Outcome(models.TextChoices):
        FITS = "fits", _("It still fits")
        REMOVED = "removed", _("It does not fit")
        ANOTHER = "another", _("Another code")

    coding = models.ForeignKey(Coding, on_delete=models.PROTECT, related_name="second_looks")
    assignment = models.ForeignKey(CodingAssignment, on_delete=models.PROTECT, related_name="second_looks")
    version = models.ForeignKey(CodebookVersion, on_delete=models.PROTECT, related_name="second_looks")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    code = models.ForeignKey(Code, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)
    looked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = GuardedManager["SecondLook"]()

    privacy = classified(
        open="id created_at coding assignment version outcome code looked_by looked_at undone_at",
        pseudonymous="reason",
    )

    class Meta:
        ordering = ["looked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["coding", "version"], condition=Q(undone_at=None), name="secondlook_stands_alone"
            ),
            models.CheckConstraint(
                condition=Q(outcome="another", code__isnull=False) | (~Q(outcome="another") & Q(code=None)),
                name="secondlook_another_code_is_named",
            ),
        ]
