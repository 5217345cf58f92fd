from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.accounts.models import User
from apps.agreement.models.rounds import Round
from apps.core.records import Record, classified


class Meeting(Record):
    """The pair, perhaps with a third person beside them, walks discrepancies together: one drives."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="meetings")
    driver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    privacy = classified(open="id created_at round driver begun_at ended_at ended_by")

    class Meta:
        ordering = ["-begun_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="meeting_ended_at_and_by_are_paired",
            )
        ]


class Attendance(Record):
    """Who was in a meeting, from when to when; nobody sits in two at once."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    privacy = classified(open="id created_at meeting person joined_at left_at")

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(left_at=None), name="attendance_is_in_one_meeting"
            )
        ]
