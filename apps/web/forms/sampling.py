from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.participants.actions import CellOf
from apps.participants.models import Characteristic, RecruitmentRound
from apps.studies.models import ParticipantGroup, Site, Study

_CELL = ("group", "site", "characteristic", "value", "second_characteristic", "second_value")
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CellForm(forms.Form):
    """Which cell is meant: a group, and what narrows it."""

    group = forms.ModelChoiceField(ParticipantGroup.objects.none(), label=_("Group"), empty_label=_("Choose"))
    site = forms.ModelChoiceField(
        Site.objects.none(), label=_("Site"), required=False, empty_label=_("All sites")
    )
    characteristic = forms.ModelChoiceField(
        Characteristic.objects.none(), label=_("Characteristic"), required=False, empty_label="–"
    )
    value = forms.CharField(
        label=_("Its value, or its coarser category"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"list": "values"}),
    )
    second_characteristic = forms.ModelChoiceField(
        Characteristic.objects.none(), label=_("And another one"), required=False, empty_label="–"
    )
    second_value = forms.CharField(
        label=_("Its value"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"list": "values"}),
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.study = study
        rows = {
            "group": study.groups.all(),
            "site": study.sites.all(),
            "characteristic": study.characteristics.all(),
            "second_characteristic": study.characteristics.all(),
        }
        for name, found in rows.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]

    @property
    def cell(self) -> CellOf:
        """What the actions take; without the second one where there is no first."""
        return CellOf(**{name: self.cleaned_data[name] for name in _CELL})

    @property
    def values(self) -> list[str]:
        """Every value that can be chosen, to be offered while somebody types."""
        characteristics = list(self.study.characteristics.all())
        choices = [choice for each in characteristics for choice in each.choices]
        coarse = [word for each in characteristics for word in each.categories.values()]
        return list(dict.fromkeys([*choices, *coarse]))


class TargetForm(CellForm):
    """A target of a cell, with its reason. Without numbers the cell has none any more."""

    minimum = forms.IntegerField(label=_("At least"), required=False, min_value=0, max_value=9999)
    maximum = forms.IntegerField(
        label=_("At most"),
        required=False,
        min_value=0,
        max_value=9999,
        help_text=_("Leave both empty to take a target away."),
    )
    reason = forms.CharField(
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Stays beside the target with your name and the date."),
    )


class RoundForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = RecruitmentRound
        fields = [
            "title",
            "origin",
            "rationale",
            "finding",
            "query",
            "group",
            "site",
            "characteristic",
            "value",
            "second_characteristic",
            "second_value",
            "profile",
            "wanted",
            "opened_on",
            "planned_until",
        ]
        widgets = {
            "rationale": forms.Textarea(attrs={"rows": 3}),
            "finding": forms.Textarea(attrs={"rows": 2}),
            "profile": forms.Textarea(attrs={"rows": 2}),
            "opened_on": _DAY,
            "planned_until": _DAY,
        }
        help_texts = {
            "finding": _("Only for a round that coded data called for: what they showed."),
            "query": _("The address of the page, or the words of the search, in which it can be seen again."),
            "profile": _("In words, beside the cell below."),
        }

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.study = study
        self.fields["origin"].choices = RecruitmentRound.Origin.choices  # type: ignore[attr-defined]
        for name, rows, label, empty in (
            ("group", study.groups.all(), _("Group"), _("All groups")),
            ("site", study.sites.all(), _("Site"), _("All sites")),
            ("characteristic", study.characteristics.all(), _("Characteristic"), "–"),
            ("second_characteristic", study.characteristics.all(), _("And another one"), "–"),
        ):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            self.fields[name].label = label
            self.fields[name].empty_label = empty  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """The action says in words what the constraints would say in code."""
        return {field.name for field in self.instance._meta.fields}

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for characteristic, value in (("characteristic", "value"), ("second_characteristic", "second_value")):
            if bool(given.get(characteristic)) != bool(given.get(value)):
                self.add_error(value, _("A value and its characteristic go together."))
        if given.get("second_characteristic") and not given.get("characteristic"):
            self.add_error("characteristic", _("Choose this one first."))
        if given.get("characteristic") and not given.get("group"):
            self.add_error("group", _("Choose the group of which this is asked."))
        until, begin = given.get("planned_until"), given.get("opened_on")
        if until and begin and until < begin:
            self.add_error("planned_until", _("This is before the round opens."))
        return given


class CloseRoundForm(forms.Form):
    on = forms.DateField(label=_("Closed on"), widget=_DAY)
    outcome = forms.CharField(
        label=_("What came of it"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class CrossForm(forms.Form):
    """Two characteristics against each other."""

    first = forms.ModelChoiceField(Characteristic.objects.none(), label=_("Rows"))
    second = forms.ModelChoiceField(Characteristic.objects.none(), label=_("Columns"))

    def __init__(self, *args: Any, asked: list[Characteristic], study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = study.characteristics.filter(id__in=[each.id for each in asked])
        for field in self.fields.values():
            field.queryset = mine  # type: ignore[attr-defined]
            field.empty_label = "–"  # type: ignore[attr-defined]
