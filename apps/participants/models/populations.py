from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.participants.models.characteristics import Characteristic
from apps.studies.models import ParticipantGroup, Study


class Population(Record):
    """How many people a group was drawn from, or how many of them have a value, as somebody stated it."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="populations")
    group = models.ForeignKey(ParticipantGroup, on_delete=models.CASCADE, related_name="populations")
    characteristic = models.ForeignKey(
        Characteristic, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    value = models.CharField(max_length=300, blank=True)
    size = models.PositiveIntegerField()
    stated_at = models.DateTimeField()
    stated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    privacy = classified(open="id created_at study group characteristic value size stated_at stated_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "characteristic", "value"],
                nulls_distinct=False,
                name="population_is_stated_once",
            ),
            models.CheckConstraint(
                condition=Q(characteristic=None, value="") | (Q(characteristic__isnull=False) & ~Q(value="")),
                name="population_value_and_characteristic_are_paired",
            ),
            models.CheckConstraint(condition=Q(size__gte=1), name="population_is_of_somebody"),
        ]
