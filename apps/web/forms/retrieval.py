from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.coding.models import Coding
from apps.coding.queries import CONSENSUS
from apps.exports.models import Export
from apps.participants.models import Participant
from apps.studies.models import ParticipantGroup, Study
from apps.transcripts.models import Turn


class CodingsForm(forms.Form):
    """Narrows the codings of a code."""

    group = forms.ModelChoiceField(
        ParticipantGroup.objects.none(), label=_("Group"), required=False, empty_label=_("All groups")
    )
    participant = forms.ModelChoiceField(
        Participant.objects.none(), label=_("Person"), required=False, empty_label=_("Everybody")
    )
    role = forms.ChoiceField(label=_("Speaker"), required=False, choices=[("", _("Any")), *Turn.Role.choices])
    coder = forms.ChoiceField(label=_("Coder"), required=False)
    influence = forms.ChoiceField(
        label=_("Influence"), required=False, choices=[("", _("Any")), *Coding.Influence.choices]
    )

    def __init__(self, *args: Any, study: Study, coders: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Participant.objects.filter(study=study, interviews__transcript__isnull=False).distinct()
        self.fields["group"].queryset = study.groups.all()  # type: ignore[attr-defined]
        self.fields["participant"].queryset = people  # type: ignore[attr-defined]
        named = [(key, _("Consensus") if key == CONSENSUS else name) for key, name in coders]
        self.fields["coder"].choices = [("", _("Everybody")), *named]  # type: ignore[attr-defined]

    @property
    def filters(self) -> dict[str, Any]:
        """What was chosen, as plain values; nothing where a choice is not there."""
        if not self.is_valid():
            return {}
        return {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items() if value}


class FormatForm(forms.Form):
    """What sort of file."""

    format = forms.ChoiceField(choices=Export.Format.choices)
