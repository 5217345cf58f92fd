from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.records import Privacy, Record, classified
from apps.studies.models import Membership, ParticipantGroup, Site, Study
from apps.studies.permissions import Permission, Role


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def visible_to(self, membership: Membership) -> ParticipantQuerySet:
        """All of the study's people; somebody who only recruits sees those of their own site."""
        people = self.filter(study=membership.study_id)
        if Role.RECRUITER in membership.roles and not membership.may(Permission.PARTICIPANTS_EDIT):
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


class Characteristic(Record):
    """An attribute that the study collects, such as occupation."""

    class Kind(models.TextChoices):
        CHOICE = "choice", _("One of a list")
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="characteristics")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    choices = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    privacy_class = models.CharField(
        _("privacy"),
        max_length=15,
        choices=[(level.value, level.value) for level in Privacy],
        default=Privacy.PSEUDONYMOUS.value,
    )
    groups = models.ManyToManyField(ParticipantGroup, blank=True, related_name="characteristics")
    position = models.PositiveSmallIntegerField(default=0)

    privacy = classified(open="id created_at study name kind choices privacy_class groups position")

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

    privacy = classified(
        open="id created_at study mode minutes interviewer status",
        pseudonymous="participant held_on",
        identifying="interviewer_name",
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
