from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.records import Record, classified
from apps.studies.models import Membership, ParticipantGroup, Site, Study


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def visible_to(self, membership: Membership) -> ParticipantQuerySet:
        """All of the study's people; somebody who only recruits sees those of their own site."""
        people = self.filter(study=membership.study_id)
        if membership.is_bound_to_site:
            return people.filter(site=membership.site_id)
        return people


class Participant(Record):
    """A pseudonymous person in a group at a site; who they are is in the vault only."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="participants")
    group = models.ForeignKey(ParticipantGroup, on_delete=models.PROTECT, related_name="participants")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="participants")
    number = models.PositiveIntegerField()
    pseudonym = models.CharField(max_length=80)
    reference = models.CharField(
        _("study reference"),
        max_length=80,
        blank=True,
        help_text=_("The identifier in your own list, never a name. An import finds people by it."),
    )
    note = models.TextField(_("note"), blank=True)

    objects = ParticipantQuerySet.as_manager()

    privacy = classified(
        open="id created_at study group number", pseudonymous="site pseudonym note reference"
    )

    class Meta:
        ordering = ["group__position", "number"]
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="participant_number_is_never_reused"),
            models.UniqueConstraint(fields=["study", "pseudonym"], name="participant_pseudonym_is_unique"),
            models.UniqueConstraint(
                fields=["study", "reference"],
                condition=~Q(reference=""),
                name="participant_reference_is_unique_in_study",
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym
