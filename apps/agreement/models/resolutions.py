from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import User
from apps.agreement.models.decisions import Decision
from apps.agreement.models.meetings import Meeting
from apps.codebooks.models import Code
from apps.coding.models import Coding
from apps.core.records import Record, classified


class Resolution(Decision):
    """The decision on one discrepancy, and by whom. An undone one is kept.

    `confirmed_by` is the other of the pair where both agreed; `settled_with` the decision of another pair
    that asked the same.
    """

    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="resolutions"
    )
    settled_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="settled_along"
    )
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    privacy = classified(
        open="id created_at discrepancy outcome extent code start end influence cause bulk decided_by "
        "decided_at confirmed_by meeting settled_with undone_by undone_at",
        pseudonymous="reason",
    )

    class Meta:
        ordering = ["decided_at"]
        indexes = [models.Index(fields=["bulk"], name="resolution_by_bulk", condition=~Q(bulk=None))]
        constraints = [
            *Decision.Meta.constraints,
            models.UniqueConstraint(
                fields=["discrepancy"], condition=Q(undone_at=None), name="resolution_stands_alone"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="resolution_undone_at_and_by_are_paired",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("decided_by")),
                name="resolution_is_confirmed_by_another",
            ),
        ]


class StandingPassage(Record):
    """A code on a range of the text that a decision leaves standing."""

    resolution = models.ForeignKey(Resolution, on_delete=models.CASCADE, related_name="passages")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    influence = models.CharField(max_length=8, choices=Coding.Influence.choices, blank=True)

    privacy = classified(open="id created_at resolution code start end influence")

    class Meta:
        ordering = ["start", "end"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=F("end")), name="standingpassage_start_is_before_end"
            )
        ]
