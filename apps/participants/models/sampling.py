from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.participants.models.characteristics import Characteristic
from apps.studies.models import ParticipantGroup, Site, Study


class Cell(Record):
    """What narrows a group: one site, one value of a characteristic, or values of two."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    characteristic = models.ForeignKey(
        Characteristic, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    value = models.CharField(_("value"), max_length=300, blank=True)
    second_characteristic = models.ForeignKey(
        Characteristic, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    second_value = models.CharField(_("second value"), max_length=300, blank=True)

    privacy = classified(open="id created_at site characteristic value second_characteristic second_value")

    class Meta:
        abstract = True

    @property
    def values(self) -> list[tuple[Characteristic, str]]:
        """The one or two values that people of the cell have."""
        pairs = ((self.characteristic, self.value), (self.second_characteristic, self.second_value))
        return [(characteristic, value) for characteristic, value in pairs if characteristic]


_NO_FIRST = Q(characteristic=None, value="")
_NO_SECOND = Q(second_characteristic=None, second_value="")
_FIRST = Q(characteristic__isnull=False) & ~Q(value="")
_SECOND = Q(second_characteristic__isnull=False) & ~Q(second_value="")
_VALUES_ARE_PAIRED = _NO_FIRST & _NO_SECOND | _FIRST & _NO_SECOND | _FIRST & _SECOND


class SamplingTarget(Cell):
    """How many interviews a cell should bring, as from a moment.

    The newest row of a cell holds; the older ones say what held before, and why. Without numbers the cell
    has no target any more.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="targets")
    group = models.ForeignKey(ParticipantGroup, on_delete=models.CASCADE, related_name="+")
    minimum = models.PositiveSmallIntegerField(_("at least"), null=True, blank=True)
    maximum = models.PositiveSmallIntegerField(_("at most"), null=True, blank=True)
    reason = models.TextField(_("why"))
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    privacy = Cell.privacy | classified(open="study group minimum maximum reason set_at set_by")

    class Meta:
        ordering = ["-set_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(maximum=None) | Q(maximum__gte=models.F("minimum")),
                name="samplingtarget_range_is_not_turned_round",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="samplingtarget_says_why"),
            models.CheckConstraint(condition=_VALUES_ARE_PAIRED, name="samplingtarget_values_are_paired"),
        ]

    @property
    def is_set(self) -> bool:
        return self.minimum is not None or self.maximum is not None


class RecruitmentRound(Cell):
    """A return to the field for people who are missing, and why somebody went back."""

    class Origin(models.TextChoices):
        GAP = "gap", _("A gap on the sampling board")
        SATURATION = "saturation", _("The saturation of a group")
        FINDING = "finding", _("A finding in coded data")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="recruitment_rounds")
    group = models.ForeignKey(
        ParticipantGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=160)
    origin = models.CharField(_("opened from"), max_length=12, choices=Origin.choices)
    rationale = models.TextField(_("rationale"))
    finding = models.TextField(_("the finding"), blank=True)
    query = models.CharField(_("the query that showed it"), max_length=500, blank=True)
    profile = models.TextField(_("who is looked for"), blank=True)
    wanted = models.PositiveSmallIntegerField(_("interviews wanted"), null=True, blank=True)
    opened_on = models.DateField(_("opened on"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_until = models.DateField(_("planned until"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.TextField(_("what came of it"), blank=True)

    privacy = Cell.privacy | classified(
        open="study group number title origin rationale finding query profile wanted opened_on opened_by "
        "planned_until closed_on closed_by outcome"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "number"], name="recruitmentround_number_is_unique_in_study"
            ),
            models.CheckConstraint(
                condition=~Q(origin="finding") | ~Q(finding=""), name="recruitmentround_names_its_finding"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_by=None)
                | Q(closed_on__isnull=False, closed_by__isnull=False),
                name="recruitmentround_closed_on_and_by_are_paired",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=models.F("opened_on")),
                name="recruitmentround_closes_after_it_opens",
            ),
            models.CheckConstraint(condition=_VALUES_ARE_PAIRED, name="recruitmentround_values_are_paired"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def is_open(self) -> bool:
        return self.closed_on is None
