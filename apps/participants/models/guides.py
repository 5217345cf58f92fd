from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.records import Record, classified
from apps.studies.models import ParticipantGroup, Study


class TopicGuide(Record):
    """One version of what a group is asked. Once an interview followed it, its questions stay."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="topic_guides")
    group = models.ForeignKey(ParticipantGroup, on_delete=models.PROTECT, related_name="topic_guides")
    number = models.PositiveSmallIntegerField()
    used_from = models.DateField(_("used from"), null=True, blank=True)
    note = models.TextField(_("what changed, and why"), blank=True)

    privacy = classified(open="id created_at study group number used_from note")

    class Meta:
        ordering = ["group__position", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="topicguide_number_is_unique_in_group")
        ]

    def __str__(self) -> str:
        return _("%(group)s, version %(number)s") % {"group": self.group.name, "number": self.number}


class TopicQuestion(Record):
    """A question of a guide, and what it asks about: so that "not asked" is told from "not said"."""

    guide = models.ForeignKey(TopicGuide, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    text = models.TextField(_("question"))
    # Lineages of codes: the codebook is a room above, and a lineage outlives its versions.
    constructs = ArrayField(models.UUIDField(), default=list, blank=True)

    privacy = classified(open="id created_at guide position text constructs")

    class Meta:
        ordering = ["guide", "position"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "position"], name="topicquestion_position_is_unique"),
            models.CheckConstraint(condition=~models.Q(text=""), name="topicquestion_asks_something"),
        ]


class GuideReview(Record):
    """What people from outside the team said of a guide, and what was changed for it."""

    guide = models.ForeignKey(TopicGuide, on_delete=models.CASCADE, related_name="reviews")
    reviewed_on = models.DateField(_("reviewed on"))
    reviewers = models.CharField(
        _("by whom"), max_length=200, help_text=_("Such as “public involvement group”; no names are needed.")
    )
    note = models.TextField(_("what they said"))
    changed = models.TextField(_("what was changed for it"), blank=True)

    privacy = classified(open="id created_at guide reviewed_on note changed", pseudonymous="reviewers")

    class Meta:
        ordering = ["guide", "reviewed_on"]
