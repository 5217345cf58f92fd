from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.audit.queries import Choices


class TrailForm(forms.Form):
    """Narrows the audit trail; every field may stay empty."""

    person = forms.TypedChoiceField(label=_("Person"), required=False, empty_value=None)
    verb = forms.ChoiceField(label=_("Did"), required=False)
    noun = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("person", _("Everybody"), [(str(key), name) for key, name in choices.people])
        self._offer("verb", _("Everything"), [(verb, verb) for verb in choices.verbs])
        self._offer("noun", _("Everything"), [(noun, noun) for noun in choices.nouns])

    def _offer(self, field: str, everything: Any, choices: list[tuple[str, str]]) -> None:
        self.fields[field].choices = [("", everything), *choices]  # type: ignore[attr-defined]
