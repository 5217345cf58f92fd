from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.agreement.models.rounds import Round
from apps.core.records import Record, classified


class BatchQuerySet(models.QuerySet["Batch"]):
    def blind(self) -> BatchQuerySet:
        """Those that were not released yet."""
        return self.filter(released_at=None)

    def released(self) -> BatchQuerySet:
        return self.filter(released_at__isnull=False)


class Batch(Record):
    """What is released together: the whole round, or one of the named parts of its plan.

    Transcripts fall into the batches in the order of the draw; the last one has no size and takes the rest.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="batches")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=80, blank=True)
    size = models.PositiveSmallIntegerField(_("transcripts"), null=True, blank=True)
    held_since = models.DateTimeField(null=True, blank=True)
    hold_waived_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    privacy = classified(open="id created_at round position name size held_since hold_waived_by released_at")

    class Meta:
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="batch_position_is_unique"),
            models.UniqueConstraint(fields=["round", "name"], name="batch_name_is_unique_in_round"),
            models.CheckConstraint(condition=Q(size=None) | Q(size__gte=1), name="batch_size_is_a_number"),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(held_since__isnull=False), name="batch_released_was_held"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="stays_as_planned", fields=["round", "position", "name", "size"]),
            pgtrigger.Trigger(
                name="is_released_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__released_at__isnull=False),
                func="RAISE EXCEPTION 'batch_is_released_once';",
            ),
        ]

    def __str__(self) -> str:
        """By its name; a round that is released as a whole goes by its own."""
        return self.name or str(self.round)
