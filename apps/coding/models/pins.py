from __future__ import annotations

from django.db import models

from apps.accounts.models import User
from apps.codebooks.models import Codebook
from apps.core.guarding import GuardedManager
from apps.core.records import Record, classified


class PinnedCode(Record):
    """A code that a coder keeps at hand, in all texts and through all versions of the codebook.

    For this coder alone, before and after a release: what one means to code tells what one coded.
    """

    coder = models.ForeignKey(User, on_delete=models.CASCADE, related_name="pinned_codes")
    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="+")
    lineage = models.UUIDField()

    objects = GuardedManager["PinnedCode"]()

    privacy = classified(open="id created_at coder codebook lineage")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["coder", "codebook", "lineage"], name="pinnedcode_is_pinned_once")
        ]
