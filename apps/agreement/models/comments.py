from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.accounts.models import User
from apps.core.guarding import GuardedManager
from apps.core.records import Record, classified


class Comment(Record):
    """A line in the thread of a discrepancy; whoever wrote it may take it back."""

    discrepancy = models.ForeignKey(
        "agreement.Discrepancy", on_delete=models.CASCADE, related_name="comments"
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    mentioned = ArrayField(models.UUIDField(), default=list, blank=True)
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = GuardedManager["Comment"]()

    privacy = classified(
        open="id created_at discrepancy author mentioned written_at removed_at", pseudonymous="text"
    )

    class Meta:
        ordering = ["written_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]
