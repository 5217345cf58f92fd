from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.agreement.models.rounds import RoundTranscript
from apps.agreement.models.runs import AgreementRun
from apps.codebooks.models import Code
from apps.coding.models import CodingAssignment
from apps.core.guarding import GuardedManager
from apps.core.records import Record, classified


class Discrepancy(Record):
    """One typed difference between two coders of a transcript: [start, end) covers both sides."""

    class Kind(models.TextChoices):
        MISSED = "missed", _("One coder only")
        EXTRA = "extra", _("Additional code")
        SIBLING = "sibling", _("Other code, same construct")
        CONSTRUCT = "construct", _("Other construct")
        LEVEL = "level", _("Construct against its subconstruct")
        BOUNDARY = "boundary", _("Boundary")
        INFLUENCE = "influence", _("Influence")
        SPLIT = "split", _("One span against several")

    # Fifty thousand rows are written at once: what is asked for only within a run has no index of its own, as
    # that of the unique constraint begins with the run.
    agreement_run = models.ForeignKey(
        AgreementRun, on_delete=models.CASCADE, related_name="discrepancies", db_index=False
    )
    round_transcript = models.ForeignKey(
        RoundTranscript, on_delete=models.CASCADE, related_name="discrepancies"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    answer = models.PositiveIntegerField(null=True)
    first_assignment = models.ForeignKey(
        CodingAssignment, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    second_assignment = models.ForeignKey(
        CodingAssignment, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    first_code = models.ForeignKey(Code, on_delete=models.PROTECT, null=True, related_name="+")
    second_code = models.ForeignKey(Code, on_delete=models.PROTECT, null=True, related_name="+")
    first_codings = ArrayField(models.UUIDField(), default=list)
    second_codings = ArrayField(models.UUIDField(), default=list)

    objects = GuardedManager["Discrepancy"]()

    privacy = classified(
        open="id created_at agreement_run round_transcript kind position start end answer first_assignment "
        "second_assignment first_code second_code first_codings second_codings"
    )

    class Meta:
        ordering = ["round_transcript__position", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement_run", "round_transcript", "position"],
                name="discrepancy_position_is_unique",
            ),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="discrepancy_start_is_before_end"),
            models.CheckConstraint(
                condition=~Q(first_codings=[]) | ~Q(second_codings=[]), name="discrepancy_names_a_coding"
            ),
        ]
