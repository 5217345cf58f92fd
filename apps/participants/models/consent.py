from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.records import Record, classified
from apps.participants.models.people import Participant
from apps.studies.models import Study


class ConsentScope(models.TextChoices):
    """What a clause of a consent form is about; Concord obeys the answer wherever it bites."""

    INTERVIEW = "interview", _("Interview")
    RECORDING = "recording", _("Recording")
    QUOTATION = "quotation", _("Quotation")
    QUOTATION_AFTER_CHECK = "quotation_after_check", _("Quotation after own check")
    ARCHIVE = "archive", _("Archive")
    SHARING = "sharing", _("Sharing with other researchers")
    MONITORING = "monitoring", _("Access for monitoring")
    RE_CONTACT = "re_contact", _("Being contacted again")
    OTHER = "other", _("Something else")


class ConsentVersion(Record):
    """One version of the study's consent form. Once somebody has answered it, its clauses stay."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="consent_versions")
    label = models.CharField(
        _("version"), max_length=80, help_text=_("As it stands on the form, such as “v3, 12 March 2021”.")
    )
    used_from = models.DateField(_("used from"), null=True, blank=True)

    privacy = classified(open="id created_at study label used_from")

    class Meta:
        ordering = ["study", models.F("used_from").desc(nulls_last=True), "-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["study", "label"], name="consentversion_label_is_unique_in_study")
        ]

    def __str__(self) -> str:
        return self.label


class ConsentClause(Record):
    """One thing that a consent form asks."""

    version = models.ForeignKey(ConsentVersion, on_delete=models.CASCADE, related_name="clauses")
    scope = models.CharField(_("about"), max_length=24, choices=ConsentScope.choices)
    wording = models.TextField(_("wording"), blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    privacy = classified(open="id created_at version scope wording position")

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "scope"],
                condition=~Q(scope="other"),
                name="consentclause_scope_is_once_in_version",
            )
        ]

    def __str__(self) -> str:
        return self.wording or self.get_scope_display()


class Consent(Record):
    """What one person has answered to one version of the consent form."""

    class Way(models.TextChoices):
        WRITTEN = "written", _("In writing")
        ELECTRONIC = "electronic", _("Electronically")
        SPOKEN = "spoken", _("Spoken, and recorded")

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="consents")
    version = models.ForeignKey(ConsentVersion, on_delete=models.PROTECT, related_name="consents")
    given_on = models.DateField(_("given on"), null=True, blank=True)
    way = models.CharField(_("how"), max_length=10, choices=Way.choices, default=Way.WRITTEN)

    privacy = classified(open="id created_at version way", pseudonymous="participant given_on")

    class Meta:
        ordering = ["participant", "given_on", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "version"], name="consent_is_one_per_person_and_version"
            )
        ]


class ConsentAnswer(Record):
    """The answer to one clause; without a row it is not recorded."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        NOT_RECORDED = "not_recorded", _("Not recorded")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="answers")
    clause = models.ForeignKey(ConsentClause, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(_("answer"), max_length=12, choices=Answer.choices)
    answered_on = models.DateField(_("on"), null=True, blank=True)

    privacy = classified(open="id created_at clause", pseudonymous="consent answer answered_on")

    class Meta:
        ordering = ["consent", "clause__position"]
        constraints = [
            models.UniqueConstraint(fields=["consent", "clause"], name="consentanswer_is_one_per_clause"),
            models.CheckConstraint(
                condition=~Q(answer="withdrawn") | Q(answered_on__isnull=False),
                name="consentanswer_withdrawn_has_a_date",
            ),
        ]


class ContactPermission(Record):
    """Whether somebody may be contacted, which is no consent to take part."""

    class Answer(models.TextChoices):
        YES = "yes", _("May be contacted")
        NO = "no", _("Must not be contacted")

    participant = models.OneToOneField(
        Participant, on_delete=models.CASCADE, related_name="contact_permission"
    )
    answer = models.CharField(_("permission"), max_length=3, choices=Answer.choices)
    given_on = models.DateField(_("given on"), null=True, blank=True)
    basis = models.CharField(
        _("how"),
        max_length=200,
        blank=True,
        help_text=_("Such as the consent-to-contact form of another study."),
    )

    privacy = classified(open="id created_at", pseudonymous="participant answer given_on basis")
