from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.agreement.models.rounds import Round
from apps.codebooks.models import Code
from apps.core.records import Record, classified


class Ruling(Record):
    """A dated clarification of a definition while a round is coding, given to all coders at once."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="rulings")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="rulings")
    text = models.TextField(_("ruling"))
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    privacy = classified(open="id created_at round code given_by given_at", pseudonymous="text")

    class Meta:
        ordering = ["given_at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="ruling_says_something")]
