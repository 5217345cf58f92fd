from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.studies.permissions import PERMISSIONS, Permission, Role, roles_with


class StudyQuerySet(models.QuerySet["Study"]):
    def visible_to(self, user: User) -> StudyQuerySet:
        """Only the person's own studies: an outsider must not learn that a study exists."""
        mine = Membership.objects.filter(user=user, left_at=None)
        return self.filter(id__in=mine.values("study_id"))


class Study(Record):
    """A research study; everything else belongs to exactly one."""

    name = models.CharField(_("name"), max_length=200)
    question = models.TextField(_("research question"), blank=True)
    is_demonstration = models.BooleanField(default=False)
    are_sites_hidden_from_coders = models.BooleanField(_("hide sites from coders"), default=False)
    is_coding_open = models.BooleanField(_("colleagues see one another's coding"), default=False)
    transcripts_late_after_days = models.PositiveSmallIntegerField(
        _("a transcript is late after days"),
        default=28,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = StudyQuerySet.as_manager()

    privacy = classified(
        open="id created_at name question is_demonstration are_sites_hidden_from_coders "
        "is_coding_open transcripts_late_after_days opened_by"
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(transcripts_late_after_days__gte=1, transcripts_late_after_days__lte=1000),
                name="study_transcripts_are_late_after_believable_days",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Site(Record):
    """A place where people are recruited. Sites are left out of every output."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    privacy = classified(open="id created_at study position", pseudonymous="name")

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["study", "name"], name="site_name_is_unique_in_study")]

    def __str__(self) -> str:
        return self.name


class ParticipantGroup(Record):
    """A group with criteria of its own; `stem` begins its pseudonyms, such as "Hub client" 07."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(_("name"), max_length=120)
    stem = models.CharField(_("pseudonyms begin with"), max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    target = models.PositiveSmallIntegerField(_("planned interviews"), default=0)
    numbers_minted = models.PositiveIntegerField(default=0, editable=False)

    privacy = classified(open="id created_at study name stem position target numbers_minted")

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "name"], name="participantgroup_name_is_unique_in_study"
            ),
            models.UniqueConstraint(
                fields=["study", "stem"], name="participantgroup_stem_is_unique_in_study"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        return self.filter(left_at=None)

    def holding(self, permission: Permission) -> MembershipQuerySet:
        """Those whose roles give the permission."""
        return self.filter(roles__overlap=roles_with(permission))


class Membership(Record):
    """A person's place in a study, with one or several roles."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices))
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    left_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    privacy = classified(open="id created_at study user roles site left_at")

    class Meta:
        ordering = ["user__name"]
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="membership_is_one_per_person"),
            models.CheckConstraint(condition=~Q(roles=[]), name="membership_has_a_role"),
            models.CheckConstraint(
                condition=Q(roles__contained_by=[role.value for role in Role]), name="membership_roles_exist"
            ),
        ]

    def may(self, permission: Permission) -> bool:
        return any(permission in PERMISSIONS[Role(role)] for role in self.roles)

    @property
    def is_bound_to_site(self) -> bool:
        """Whether this person, who only recruits, sees the people of their own site alone."""
        return Role.RECRUITER in self.roles and not self.may(Permission.PARTICIPANTS_EDIT)

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, *, now: datetime) -> InvitationQuerySet:
        """Those whose links still work."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)

    def unanswered(self) -> InvitationQuerySet:
        """Neither accepted nor withdrawn; some of them may be over."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(Record):
    """A single-use link into a study; only the digest of its secret is stored."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=200)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices))
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    secret_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    privacy = classified(
        open="id created_at study roles site secret_digest invited_by expires_at accepted_at accepted_by "
        "withdrawn_at",
        identifying="email name",
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_at_and_by_are_paired",
            ),
            models.CheckConstraint(
                condition=~(Q(accepted_at__isnull=False) & Q(withdrawn_at__isnull=False)),
                name="invitation_is_accepted_or_withdrawn",
            ),
        ]

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]
