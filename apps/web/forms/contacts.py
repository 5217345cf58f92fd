from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.contacts.engine.details import Details
from apps.contacts.engine.lists import LEAVE

_MEANINGS = [
    (LEAVE, _("Leave out")),
    ("pseudonym", _("Pseudonym")),
    ("reference", _("Study reference")),
    ("name", _("Name")),
    ("first_name", _("First name")),
    ("last_name", _("Last name")),
    ("email", _("E-mail")),
    ("telephone", _("Telephone")),
    ("employer", _("Employer")),
    ("note", _("Note")),
]

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


class ContactListForm(forms.Form):
    file = forms.FileField(
        label=_("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt"}),
    )

    def __init__(self, *args: Any, too_large: str = "", **kwargs: Any) -> None:
        """`too_large` names a file whose upload was stopped at the limit."""
        super().__init__(*args, **kwargs)
        if too_large:
            message = _("This file is larger than %(limit)s MB, the most that can be taken.")
            limit = settings.UPLOAD_LIMIT // (1024 * 1024)
            self.fields["file"].error_messages["required"] = message % {"limit": limit}
        self.fields["file"].error_messages["empty"] = _("This file is empty.")


class MeaningsForm(forms.Form):
    """What each column of a list stands for; a field for each, numbered, for headings can be any text."""

    def __init__(self, *args: Any, meanings: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._headers = list(meanings)
        for number, (header, to) in enumerate(meanings.items()):
            self.fields[f"to-{number}"] = forms.ChoiceField(label=header, choices=_MEANINGS, initial=to)

    @property
    def meanings(self) -> dict[str, str]:
        return {header: self.cleaned_data[f"to-{number}"] for number, header in enumerate(self._headers)}

    def clean(self) -> dict[str, Any]:
        seen: set[str] = set()
        for number in range(len(self._headers)):
            to = self.cleaned_data.get(f"to-{number}", LEAVE)
            if to in seen and to != LEAVE:
                self.add_error(f"to-{number}", _("Another column stands for this already."))
            seen.add(to)
        if not seen & {"reference", "pseudonym"}:
            self.add_error(None, _("Say which column holds the pseudonym or the study reference."))
        if not seen - {"reference", "pseudonym", LEAVE}:
            self.add_error(None, _("Say which columns hold contact details."))
        return self.cleaned_data
