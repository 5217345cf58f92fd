from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.contacts.engine.details import Details

# A browser must not remember in its own lists what belongs into the vault.
_FORGET = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


class DetailsForm(forms.Form):
    """Who a person is and how to reach them."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    telephone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    employer = forms.CharField(label=_("Employer"), max_length=200, required=False)
    note = forms.CharField(
        label=_("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example when to call. It is sealed with the rest."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= _FORGET

    @property
    def details(self) -> Details:
        return Details(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class ReasonForm(forms.Form):
    """Why somebody opens the vault, once in a session."""

    reason = forms.CharField(
        label=_("Why do you look?"),
        max_length=300,
        help_text=_("For example: arranging interviews of this week. It is written down with each look."),
    )


class SearchForm(forms.Form):
    """Sent in the body of a request: a name in an address would stay in the browser's history and in logs."""

    words = forms.CharField(label=_("Find by name, e-mail, telephone or employer"), max_length=200)
