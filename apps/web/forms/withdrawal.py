from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.participants.actions import Wishes
from apps.participants.actions.withdrawal import AnalysedWithoutWords
from apps.participants.models import Withdrawal, WithdrawalRule
from apps.web.refusals import in_words

CLASSES = ("contact", "characteristics", "transcript", "codings", "quotes")


class WithdrawalForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person who leaves wishes for each class of data; it begins with stopping all new use."""

    class Meta:
        model = Withdrawal
        fields = ["asked_on", "reason", *CLASSES]
        widgets = {
            "asked_on": forms.DateInput({"type": "date"}, "%Y-%m-%d"),
            **dict.fromkeys(CLASSES, forms.RadioSelect),
        }
        help_texts = {"reason": _("Nobody has to give one.")}

    def clean(self) -> dict[str, Any]:
        """Asks before the model's own constraint does, which would name no field."""
        given = self.cleaned_data
        if (given.get("transcript"), given.get("codings")) == ("erase", "keep"):
            self.add_error("codings", in_words(AnalysedWithoutWords()))
        return given

    @property
    def wishes(self) -> Wishes:
        return Wishes(**{name: self.cleaned_data[name] for name in CLASSES})


class WithdrawalRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = WithdrawalRule
        fields = ["days_after_interview", "wording"]
        widgets = {"wording": forms.Textarea({"rows": 4})}
