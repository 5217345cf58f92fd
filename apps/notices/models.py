from __future__ import annotations

from django.db import models

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.studies.models import Study


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> NoticeQuerySet:
        return self.filter(recipient=user)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)


class Notice(Record):
    """A line for one person that something waits for them or has happened."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="notices")
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    path = models.CharField(max_length=300, blank=True)
    # What it speaks of, such as a round: the pages know where its kind leads.
    about = models.UUIDField(null=True, blank=True)
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    privacy = classified(
        open="id created_at study recipient kind path about told_at read_at", pseudonymous="text"
    )

    class Meta:
        ordering = ["-told_at", "id"]
