from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.accounts.models import User
from apps.agreement.models.decisions import Decision
from apps.agreement.models.meetings import Meeting
from apps.core.guarding import GuardedManager
from apps.core.records import Record, classified


class Proposal(Decision):
    """What one of the pair suggests; others see it once it is opened (the row-level policy says so too)."""

    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )

    objects = GuardedManager["Proposal"]()

    privacy = classified(
        open="id created_at discrepancy outcome extent code start end influence cause bulk proposed_by "
        "proposed_at opened_at withdrawn_at meeting",
        pseudonymous="reason",
    )

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            *Decision.Meta.constraints,
            models.UniqueConstraint(
                fields=["discrepancy", "proposed_by"],
                condition=Q(withdrawn_at=None),
                name="proposal_is_one_per_person",
            ),
        ]


class Escalation(Record):
    """Somebody of the pair leaves a discrepancy to the adjudicator."""

    discrepancy = models.ForeignKey(
        "agreement.Discrepancy", on_delete=models.CASCADE, related_name="escalations"
    )
    escalated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    escalated_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    privacy = classified(open="id created_at discrepancy escalated_by escalated_at withdrawn_at")

    class Meta:
        ordering = ["escalated_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["discrepancy"], condition=Q(withdrawn_at=None), name="escalation_stands_alone"
            )
        ]
