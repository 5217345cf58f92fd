from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.agreement.models.resolutions import Resolution
from apps.codebooks.models import CodebookVersion
from apps.core.records import Record, classified
from apps.studies.models import Study


class CodebookChangeQuerySet(models.QuerySet["CodebookChange"]):
    def open(self) -> CodebookChangeQuerySet:
        """Those that wait for somebody: neither made nor declined, and the decision behind them stands."""
        return self.filter(withdrawn_at=None, made_in=None, declined_at=None)


class CodebookChange(Record):
    """A discrepancy showed that the codebook must change; `made_in` is the version that did it."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="codebook_changes")
    resolution = models.OneToOneField(Resolution, on_delete=models.PROTECT, related_name="codebook_change")
    wording = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # A draft that is thrown away lets go of its changes: they wait again.
    made_in = models.ForeignKey(
        CodebookVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="changes_made"
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    declined_reason = models.TextField(_("why it is declined"), blank=True)

    objects = CodebookChangeQuerySet.as_manager()

    privacy = classified(
        open="id created_at study resolution proposed_by proposed_at withdrawn_at made_in declined_at "
        "declined_by",
        pseudonymous="wording declined_reason",
    )

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(declined_at=None, declined_by=None, declined_reason="")
                | (Q(declined_at__isnull=False, declined_by__isnull=False) & ~Q(declined_reason="")),
                name="codebookchange_declined_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(made_in=None) | Q(declined_at=None),
                name="codebookchange_is_not_made_and_declined",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.withdrawn_at is None and self.made_in_id is None and self.declined_at is None
