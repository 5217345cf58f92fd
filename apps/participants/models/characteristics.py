from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.records import Privacy, Record, classified
from apps.participants.models.people import Participant
from apps.studies.models import ParticipantGroup, Study


class Characteristic(Record):
    """An attribute that the study collects, such as occupation.

    `codes` are choices by the code that data files use for them, `categories` coarser words by value, `bands`
    the numbers with which coarser ranges begin.
    """

    class Kind(models.TextChoices):
        CHOICE = "choice", _("One of a list")
        MULTIPLE = "multiple", _("Several of a list")
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="characteristics")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    choices = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    codes = models.JSONField(default=dict, blank=True)
    categories = models.JSONField(default=dict, blank=True)
    bands = ArrayField(models.IntegerField(), default=list, blank=True)
    privacy_class = models.CharField(
        _("privacy"),
        max_length=15,
        choices=[(level.value, level.value) for level in Privacy],
        default=Privacy.PSEUDONYMOUS.value,
    )
    groups = models.ManyToManyField(ParticipantGroup, blank=True, related_name="characteristics")
    position = models.PositiveSmallIntegerField(default=0)

    privacy = classified(
        open="id created_at study name kind choices codes categories bands privacy_class groups position"
    )

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["study", "name"], name="characteristic_name_is_unique_in_study")
        ]

    def __str__(self) -> str:
        return self.name

    def applies_to(self, group: ParticipantGroup) -> bool:
        """Without groups of its own it is collected in all of them."""
        groups = list(self.groups.all())
        return not groups or group in groups


class CharacteristicValue(Record):
    """What is known of one characteristic of one person; not knowing has several kinds."""

    class State(models.TextChoices):
        GIVEN = "given", _("Given")
        NOT_COLLECTED = "not_collected", _("Not collected")
        PREFER_NOT = "prefer_not", _("Prefer not to say")
        UNKNOWN = "unknown", _("Unknown")

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="values")
    characteristic = models.ForeignKey(Characteristic, on_delete=models.CASCADE, related_name="values")
    state = models.CharField(max_length=15, choices=State.choices, default=State.GIVEN)
    value = models.CharField(max_length=300, blank=True)

    privacy = classified(open="id created_at participant characteristic state", pseudonymous="value")

    class Meta:
        ordering = ["characteristic__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "characteristic"], name="characteristicvalue_is_one_per_person"
            ),
            models.CheckConstraint(
                condition=(Q(state="given") & ~Q(value="")) | (~Q(state="given") & Q(value="")),
                name="characteristicvalue_is_given_or_says_why_not",
            ),
        ]

    def __str__(self) -> str:
        return self.value or self.get_state_display()
