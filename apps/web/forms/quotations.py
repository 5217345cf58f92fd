from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.transcripts.models import QuotationCheck, TranscriptVersion
from apps.transcripts.queries import places_of

MOST_WORDS = 4000


class CheckForm(forms.Form):
    """Words of a transcript, and what the person said who was shown them; nothing is answered beforehand."""

    words = forms.CharField(
        label=_("The words, as they stand in the transcript"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    outcome = forms.ChoiceField(
        label=_("What came of it"), choices=[("", _("Choose")), *QuotationCheck.Outcome.choices]
    )
    wording = forms.CharField(
        label=_("The words that the person wants"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Where they agreed in other words."),
    )
    happened_on = forms.DateField(label=_("On"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    note = forms.CharField(
        label=_("How"),
        required=False,
        max_length=200,
        help_text=_("Such as “by e-mail”. Never a name or an address."),
    )
    start = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, version: TranscriptVersion, start: int | None = None, end: int = 0
    ) -> None:
        super().__init__(*args)
        self.version = version
        self.fields["happened_on"].initial = timezone.localdate()
        if start is not None and start < end:
            self.fields["words"].initial = version.text[start:end]
            self.fields["start"].initial = start

    def clean(self) -> dict[str, Any]:
        """The words stand at one place of the text, or it is known which of several is meant."""
        given = super().clean() or self.cleaned_data
        words = given.pop("words", "")
        at, found = given.pop("start", None), places_of(self.version, words)
        meant = [place for place in found if place[0] == at] or found
        if words and not meant:
            self.add_error("words", _("These words do not stand in the transcript; copy them from there."))
        elif len(meant) > 1:
            said = ngettext("", "These words stand there %(n)s times; take some more with them.", len(meant))
            self.add_error("words", said % {"n": len(meant)})
        elif meant:
            given["start"], given["end"] = meant[0]
        return given
