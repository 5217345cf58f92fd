from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.participants.models.people import Participant
from apps.participants.models.sampling import RecruitmentRound
from apps.studies.models import Membership, ParticipantGroup, Site, Study


class ContactRoute(Record):
    """A way to reach people, and what permits the study to use it."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="routes")
    name = models.CharField(_("name"), max_length=120)
    permission_basis = models.TextField(
        _("permission basis"),
        blank=True,
        help_text=_("What permits the study to reach people this way, such as consent to be contacted."),
    )
    is_denominator_known = models.BooleanField(
        _("it is known how many people it reached"),
        default=True,
        help_text=_("Not for posters and forwarded e-mails: they get no response rate."),
    )
    remind_after_days = models.PositiveSmallIntegerField(_("remind after days without reply"), default=14)
    position = models.PositiveSmallIntegerField(default=0)

    privacy = classified(
        open="id created_at study name permission_basis is_denominator_known remind_after_days position"
    )

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["study", "name"], name="contactroute_name_is_unique_in_study")
        ]

    def __str__(self) -> str:
        return self.name


class RecruitmentEventQuerySet(models.QuerySet["RecruitmentEvent"]):
    def visible_to(self, membership: Membership) -> RecruitmentEventQuerySet:
        """All of the study; somebody who only recruits sees what happened at their own site."""
        events = self.filter(study=membership.study_id)
        if membership.is_bound_to_site:
            here = membership.site_id
            return events.filter(Q(participant__site=here) | Q(participant=None, site=here))
        return events


class RecruitmentEvent(Record):
    """A dated step on somebody's way to an interview.

    Without a participant it stands for some people who are not on the list, and says how far they came.
    """

    class Step(models.TextChoices):
        APPROACHED = "approached", _("Approached")
        REMINDED = "reminded", _("Reminded")
        REPLIED = "replied", _("Replied")
        NOT_ELIGIBLE = "not_eligible", _("Not eligible")
        DECLINED = "declined", _("Declined")
        BOOKED = "booked", _("Booked")
        INTERVIEWED = "interviewed", _("Interviewed")
        WITHDREW = "withdrew", _("Withdrew")
        OTHER = "other", _("Another step")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="recruitment_events")
    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, null=True, blank=True, related_name="recruitment_events"
    )
    people = models.PositiveSmallIntegerField(_("people"), default=1)
    group = models.ForeignKey(
        ParticipantGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    step = models.CharField(_("step"), max_length=14, choices=Step.choices)
    detail = models.CharField(_("in detail"), max_length=120, blank=True)
    happened_on = models.DateField(_("on"))
    due_on = models.DateField(_("next step due on"), null=True, blank=True)
    route = models.ForeignKey(
        ContactRoute, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    round = models.ForeignKey(
        RecruitmentRound, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = RecruitmentEventQuerySet.as_manager()

    privacy = classified(
        open="id created_at study people group step route round recorded_at recorded_by",
        pseudonymous="participant site detail happened_on due_on reason",
    )

    class Meta:
        ordering = ["happened_on", "recorded_at", "id"]
        indexes = [models.Index(fields=["study", "participant", "happened_on"], name="recruitment_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(participant__isnull=False, people=1, group=None, site=None)
                | Q(participant=None, people__gte=1, group__isnull=False, site__isnull=False),
                name="recruitmentevent_is_of_a_person_or_of_a_number",
            ),
            models.CheckConstraint(
                condition=Q(reason="") | Q(step__in=["declined", "not_eligible", "withdrew"]),
                name="recruitmentevent_reason_is_of_an_exit",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=models.F("happened_on")),
                name="recruitmentevent_due_after_it_happened",
            ),
            models.CheckConstraint(
                condition=~Q(step="other") | ~Q(detail=""), name="recruitmentevent_other_step_is_named"
            ),
        ]
