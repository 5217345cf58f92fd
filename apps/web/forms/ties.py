from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.participants.models import Activity, Participant, Rule, Tie
from apps.studies.models import ParticipantGroup, Site, Study


class RulesForm(forms.Form):
    """What a tie is, and what it does to each activity."""

    note = forms.CharField(
        label=_("In what way"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=2000
    )
    interview = forms.ChoiceField(label=_("Interviewing"), choices=Rule.choices, initial=Rule.WARN)
    code = forms.ChoiceField(label=_("Coding"), choices=Rule.choices, initial=Rule.WARN)
    decide = forms.ChoiceField(label=_("Deciding on discrepancies"), choices=Rule.choices, initial=Rule.WARN)

    @property
    def rules(self) -> dict[str, str]:
        return {activity.value: self.cleaned_data[activity.value] for activity in Activity}


class TieForm(RulesForm):
    """Who of the team knows which site, group or person."""

    member = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("Tie"), choices=Tie.Kind.choices)
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), required=False)
    group = forms.ModelChoiceField(
        label=_("Or group"), queryset=ParticipantGroup.objects.none(), required=False
    )
    participant = forms.ModelChoiceField(
        label=_("Or person"), queryset=Participant.objects.none(), required=False
    )

    field_order = ("member", "kind", "site", "group", "participant")

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = study.memberships.current().values("user")
        choices: dict[str, Any] = {
            "member": User.objects.filter(id__in=team).order_by("name"),
            "site": study.sites.all(),
            "group": study.groups.all(),
            "participant": study.participants.all(),
        }
        for name, queryset in choices.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        self.fields["member"].label_from_instance = lambda person: person.name  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        named = [values[name] for name in ("site", "group", "participant") if values.get(name)]
        if len(named) != 1:
            raise forms.ValidationError(_now("Choose one: a site, a group or a person."))
        return {**values, "to": named[0]}
