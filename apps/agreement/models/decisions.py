from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.agreement.engine.consensus import UNSAID
from apps.codebooks.models import Code
from apps.coding.models import Coding
from apps.core.records import Record


class Decision(Record):
    """What somebody wants to stand of a discrepancy, and why: proposed, or decided."""

    class Outcome(models.TextChoices):
        FIRST = "first", _("The first")
        SECOND = "second", _("The second")
        BOTH = "both", _("Both")
        NEITHER = "neither", _("Neither")
        ANOTHER = "another", _("Another code")
        CODEBOOK = "codebook", _("The codebook must change")

    class Extent(models.TextChoices):
        OWN = "", _("as it was coded")
        UNION = "union", _("the union")
        INTERSECTION = "intersection", _("what both marked")
        NEW = "new", _("new boundaries")

    class Influence(models.TextChoices):
        OWN = "", _("as it was coded")
        HELPS = Coding.Influence.HELPS.value, Coding.Influence.HELPS.label
        HINDERS = Coding.Influence.HINDERS.value, Coding.Influence.HINDERS.label
        BOTH = Coding.Influence.BOTH.value, Coding.Influence.BOTH.label
        UNCLEAR = Coding.Influence.UNCLEAR.value, Coding.Influence.UNCLEAR.label
        NONE = UNSAID, _("None")

    class Cause(models.TextChoices):
        SLIP = "slip", _("Slip")
        DEFINITION = "definition", _("Definition unclear")
        OVERLAP = "overlap", _("Codes overlap")
        OUTSIDE = "outside", _("Knowledge from outside the text")
        SEVERAL = "several", _("Rule for several codes")
        EXTENT = "extent", _("Extent of the passage")

    discrepancy = models.ForeignKey(
        "agreement.Discrepancy", on_delete=models.CASCADE, related_name="%(class)ss"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    extent = models.CharField(max_length=12, choices=Extent.choices, blank=True)
    code = models.ForeignKey(Code, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    influence = models.CharField(max_length=8, choices=Influence.choices, blank=True)
    cause = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    reason = models.TextField(blank=True)
    bulk = models.UUIDField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome__in=["neither", "codebook"]) | ~Q(reason=""),
                name="%(class)s_of_nothing_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(outcome="another", code__isnull=False) | (~Q(outcome="another") & Q(code=None)),
                name="%(class)s_another_code_is_named",
            ),
            models.CheckConstraint(
                condition=Q(extent="new", start__isnull=False, end__isnull=False, start__lt=F("end"))
                | (~Q(extent="new") & Q(start=None, end=None)),
                name="%(class)s_new_boundaries_are_given",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["neither", "codebook"]) | Q(extent="", influence=""),
                name="%(class)s_of_nothing_has_no_extent",
            ),
        ]
