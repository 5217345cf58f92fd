from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.participants.models.people import Participant
from apps.studies.models import Study


class WithdrawalRule(Record):
    """What the study's information sheet promises to those who withdraw."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="withdrawal_rule")
    days_after_interview = models.PositiveSmallIntegerField(
        _("days after the interview"),
        null=True,
        blank=True,
        help_text=_("Until then everything can be taken back. Empty: the sheet names no such date."),
    )
    wording = models.TextField(_("what the information sheet says"), blank=True)

    privacy = classified(open="id created_at study days_after_interview wording")


class Withdrawal(Record):
    """One person's leaving the study, and what became of each class of their data."""

    class Contact(models.TextChoices):
        DESTROY = "destroy", _("Destroy, backups included")
        KEEP = "keep", _("Keep for now, for an answer that is owed")

    class Characteristics(models.TextChoices):
        KEEP = "keep", _("Keep, under the pseudonym")
        ERASE = "erase", _("Erase")

    class Transcript(models.TextChoices):
        STOP = "stop", _("No new use: it is not given to coders any more")
        KEEP = "keep", _("Keep in use")
        ERASE = "erase", _("Erase every word of it, and the file it came from")

    class Codings(models.TextChoices):
        KEEP = "keep", _("Keep what was completed")
        LEAVE_OUT = "leave_out", _("Leave out of the analysis from now on")

    class Quotes(models.TextChoices):
        STOP = "stop", _("No new quotations")
        KEEP = "keep", _("Keep as agreed")

    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="withdrawal")
    asked_on = models.DateField(_("asked on"))
    reason = models.CharField(_("reason, if one was given"), max_length=300, blank=True)
    contact = models.CharField(
        _("contact details"), max_length=10, choices=Contact.choices, default=Contact.DESTROY
    )
    characteristics = models.CharField(
        _("characteristics"), max_length=10, choices=Characteristics.choices, default=Characteristics.KEEP
    )
    transcript = models.CharField(
        _("transcript"), max_length=10, choices=Transcript.choices, default=Transcript.STOP
    )
    codings = models.CharField(_("codings"), max_length=10, choices=Codings.choices, default=Codings.KEEP)
    quotes = models.CharField(_("quotations"), max_length=10, choices=Quotes.choices, default=Quotes.STOP)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    privacy = classified(
        open="id created_at contact characteristics transcript codings quotes recorded_at recorded_by",
        pseudonymous="participant asked_on reason",
    )

    class Meta:
        ordering = ["-recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(transcript="erase") | Q(codings="leave_out"),
                name="withdrawal_erased_words_are_left_out_of_the_analysis",
            )
        ]

    @property
    def is_text_stopped(self) -> bool:
        """The transcript is given to nobody any more."""
        return self.transcript != self.Transcript.KEEP
