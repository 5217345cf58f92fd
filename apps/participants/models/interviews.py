from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.participants.models.guides import TopicGuide
from apps.participants.models.people import Participant
from apps.studies.models import Study


class Interview(Record):
    """A conversation with one participant, planned or held."""

    class Mode(models.TextChoices):
        VIDEO = "video", _("Video")
        TELEPHONE = "telephone", _("Telephone")
        IN_PERSON = "in_person", _("In person")

    class Status(models.TextChoices):
        BOOKED = "booked", _("Booked")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="interviews")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="interviews")
    held_on = models.DateField(_("date"), null=True, blank=True)
    mode = models.CharField(_("mode"), max_length=12, choices=Mode.choices, default=Mode.VIDEO)
    minutes = models.PositiveSmallIntegerField(_("duration in minutes"), null=True, blank=True)
    interviewer_name = models.CharField(_("interviewer"), max_length=120, blank=True)
    interviewer = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="interviews_held"
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.HELD)
    topic_guide = models.ForeignKey(
        TopicGuide,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interviews_held",
        verbose_name=_("topic guide"),
    )
    place = models.CharField(_("place or platform"), max_length=120, blank=True)
    recording_device = models.CharField(_("recorded with"), max_length=120, blank=True)
    transcriber = models.CharField(_("transcribed by"), max_length=120, blank=True)
    notes = models.TextField(_("field notes"), blank=True)
    incidents = models.TextField(_("incidents"), blank=True)

    privacy = classified(
        open="id created_at study mode minutes interviewer status topic_guide recording_device",
        pseudonymous="participant held_on place notes incidents",
        identifying="interviewer_name transcriber",
    )

    class Meta:
        ordering = ["participant__group__position", "participant__number", "held_on"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="held") | Q(held_on__isnull=False), name="interview_held_has_a_date"
            ),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gt=0, minutes__lte=600),
                name="interview_minutes_are_believable",
            ),
        ]
