from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.participants.models.people import Participant
from apps.studies.models import ParticipantGroup, Site, Study


class Rule(models.TextChoices):
    """What a tie does to an assignment."""

    ALLOW = "allow", _("Allow")
    WARN = "warn", _("Warn")
    BLOCK = "block", _("Block")


class Activity(models.TextChoices):
    INTERVIEW = "interview", _("Interview")
    CODE = "code", _("Code")
    DECIDE = "decide", _("Decide")


class Tie(Record):
    """Somebody of the team knows a site, a group or a person, or works there."""

    class Kind(models.TextChoices):
        KNOWS = "knows", _("knows")
        EMPLOYED = "employed", _("is employed by")
        WORKED = "worked", _("used to work with")
        RELATED = "related", _("is related or close to")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="ties")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="ties")
    kind = models.CharField(_("tie"), max_length=10, choices=Kind.choices, default=Kind.KNOWS)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True, related_name="ties")
    group = models.ForeignKey(
        ParticipantGroup, on_delete=models.CASCADE, null=True, blank=True, related_name="ties"
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, null=True, blank=True, related_name="ties"
    )
    note = models.TextField(_("in what way"), blank=True)
    interview = models.CharField(_("interviewing"), max_length=6, choices=Rule.choices, default=Rule.WARN)
    code = models.CharField(_("coding"), max_length=6, choices=Rule.choices, default=Rule.WARN)
    decide = models.CharField(_("deciding"), max_length=6, choices=Rule.choices, default=Rule.WARN)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    privacy = classified(
        open="id created_at study member kind group interview code decide recorded_by",
        pseudonymous="site participant note",
    )

    class Meta:
        ordering = ["member__name", "created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(site__isnull=False, group=None, participant=None)
                | Q(site=None, group__isnull=False, participant=None)
                | Q(site=None, group=None, participant__isnull=False),
                name="tie_is_to_one_site_group_or_person",
            ),
            models.UniqueConstraint(
                fields=["member", "kind", "site", "group", "participant"],
                name="tie_is_recorded_once",
                nulls_distinct=False,
            ),
        ]

    @property
    def to(self) -> str:
        """What the tie is to, by name."""
        return str(self.site or self.group or self.participant)

    def rule_for(self, activity: Activity) -> str:
        """What the tie does to one activity."""
        rules = {Activity.INTERVIEW: self.interview, Activity.CODE: self.code, Activity.DECIDE: self.decide}
        return rules[activity]
