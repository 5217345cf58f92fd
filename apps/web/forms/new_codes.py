"""A code that a coder makes from a passage."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.codebooks.models import Code, CodebookVersion


class CodeAbove(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A code to stand under, by its full name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.label} {obj.name}"


class PassageForm(forms.Form):
    """Where the passage is that the new code is for."""

    start = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    end = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    transcript_version = forms.UUIDField(required=False, widget=forms.HiddenInput)


class NewCodeForm(PassageForm):
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autofocus": True}))
    parent = CodeAbove(
        label=_("Under"),
        queryset=Code.objects.none(),
        required=False,
        empty_label=_("None: outside the framework"),
    )
    definition = forms.CharField(
        label=_("What it means"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence is enough now; the next version can say more."),
    )
    is_sure = forms.BooleanField(
        label=_("It is another idea all the same"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, version: CodebookVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = version.codes.filter(hue__gt=0).order_by("label")  # type: ignore[attr-defined]

    def ask_whether_sure(self) -> None:
        """Shows the box to tick, after a name that is much like another."""
        self.fields["is_sure"].widget = forms.CheckboxInput()
