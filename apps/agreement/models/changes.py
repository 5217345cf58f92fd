from __future__ import annotations

from django.db import models

from apps.accounts.models import User
from apps.agreement.models.resolutions import Resolution
from apps.codebooks.models import CodebookVersion
from apps.core.records import Record, classified
from apps.studies.models import Study


class CodebookChange(Record):
    """A discrepancy showed that the codebook must change; `made_in` is the version that did it."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="codebook_changes")
    resolution = models.OneToOneField(Resolution, on_delete=models.PROTECT, related_name="codebook_change")
    wording = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    made_in = models.ForeignKey(
        CodebookVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="changes_made"
    )

    privacy = classified(
        open="id created_at study resolution proposed_by proposed_at withdrawn_at made_in",
        pseudonymous="wording",
    )

    class Meta:
        ordering = ["proposed_at"]
