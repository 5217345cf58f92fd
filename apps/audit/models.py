from __future__ import annotations

import pgtrigger
from django.db import models

from apps.core.records import Record, classified


class AuditEvent(Record):
    """One thing that somebody did. It has no foreign keys, so that it outlives what it speaks of."""

    occurred_at = models.DateTimeField(db_index=True)
    study_id = models.UUIDField(null=True, db_index=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    verb = models.CharField(max_length=60)
    noun = models.CharField(max_length=60)
    object_id = models.UUIDField(null=True)
    object_name = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    privacy = classified(
        open="id created_at occurred_at study_id verb noun object_id detail",
        pseudonymous="object_name",
        identifying="actor_id actor_name address",
    )

    class Meta:
        ordering = ["-occurred_at", "-created_at"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
