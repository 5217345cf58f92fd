from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from apps.core.refusal import Refused
from apps.participants.actions.interviews import NoDate
from apps.participants.engine.lines import read_lines, write_lines
from apps.participants.engine.values import normal, separate, together
from apps.participants.models import Characteristic, CharacteristicValue, Interview, Participant
from apps.participants.queries import Known, Person
from apps.studies.models import ParticipantGroup, Site, Study
from apps.web.forms.codebooks import Lines
from apps.web.refusals import in_words

_NOTE = {"note": forms.Textarea(attrs={"rows": 2})}
_WITHOUT_VALUE = [choice for choice in CharacteristicValue.State.choices if choice[0] != "given"]


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new person; the pseudonym comes from the group."""

    class Meta:
        model = Participant
        fields = ["group", "site", "reference", "note"]
        widgets = _NOTE
        help_texts = {"note": _("About recruitment or the interview; nothing that names the person.")}

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("group", study.groups.all()), ("site", study.sites.all())):
            if name in self.fields:
                self.fields[name].queryset = rows  # type: ignore[attr-defined]
                self.fields[name].empty_label = _("Choose")  # type: ignore[attr-defined]


class ChangePersonForm(PersonForm):
    class Meta(PersonForm.Meta):
        fields = ["site", "reference", "note"]


class KnownForm(forms.Form):
    """For each characteristic of a person a value, or why there is none."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        for known in person.known:
            self._add(known)

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The two fields of each characteristic."""
        ids = [known.characteristic.id for known in self.person.known]
        return [(self[f"value-{each}"], self[f"state-{each}"]) for each in ids]

    @property
    def values(self) -> dict[Characteristic, tuple[str, str] | None]:
        """What `describe` takes."""
        return {known.characteristic: self._given(known.characteristic) for known in self.person.known}

    def clean(self) -> dict[str, Any]:
        for known in self.person.known:
            self._check(known.characteristic)
        return self.cleaned_data

    def _add(self, known: Known) -> None:
        each, value = known.characteristic, known.value
        is_given = value is not None and value.state == CharacteristicValue.State.GIVEN
        self.fields[f"value-{each.id}"] = _value_field(each, value.value if value and is_given else "")
        self.fields[f"state-{each.id}"] = forms.ChoiceField(
            label=_("If there is none, why"),
            choices=[("", "–"), *_WITHOUT_VALUE],
            required=False,
            initial=value.state if value and not is_given else "",
        )

    def _given(self, each: Characteristic) -> tuple[str, str] | None:
        value, state = _text(self.cleaned_data[f"value-{each.id}"]), self.cleaned_data[f"state-{each.id}"]
        if value:
            return CharacteristicValue.State.GIVEN, value
        return (state, "") if state else None

    def _check(self, each: Characteristic) -> None:
        name = f"value-{each.id}"
        value = _text(self.cleaned_data.get(name))
        if value and self.cleaned_data.get(f"state-{each.id}"):
            self.add_error(name, _("Give a value or say why there is none, not both."))
        elif value:
            try:
                normal(value, kind=each.kind, choices=each.choices, codes=each.codes)
            except Refused as refused:
                self.add_error(name, in_words(refused))


class InterviewForm(forms.ModelForm):  # type: ignore[type-arg]
    minutes = forms.IntegerField(label=_("Duration in minutes"), required=False, min_value=1, max_value=600)

    class Meta:
        model = Interview
        fields = ["status", "held_on", "mode", "minutes", "interviewer", "interviewer_name"]
        widgets = {"held_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        labels = {"interviewer_name": _("Or the interviewer's name")}
        help_texts = {"interviewer_name": _("For somebody who is not a member of this study.")}

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = get_user_model().objects.filter(memberships__study=study).order_by("name")
        self.fields["interviewer"].queryset = team  # type: ignore[attr-defined]
        self.fields["interviewer"].label = _("Interviewer")
        self.fields["interviewer"].empty_label = _("Nobody of the team")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Asks before the model's own constraint does, which would name no field."""
        given = self.cleaned_data
        if given.get("status") == Interview.Status.HELD and "held_on" in given and not given["held_on"]:
            self.add_error("held_on", in_words(NoDate()))
        return given


class CharacteristicForm(forms.ModelForm):  # type: ignore[type-arg]
    choices = Lines(
        label=_("Choices"),
        required=False,
        help_text=_(
            "One on each line. A code of your data files stands before it (1 = Nurse), a coarser category "
            "after it (Nurse > Clinical). Values of a text can have categories too."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    bands = forms.CharField(
        label=_("Ranges begin at"),
        required=False,
        help_text=_("For a number: such as 18, 30, 45, 60. Tables can then show ranges in place of ages."),
    )

    class Meta:
        model = Characteristic
        fields = ["name", "kind", "privacy_class", "groups"]
        widgets = {"groups": forms.CheckboxSelectMultiple}
        help_texts = {"groups": _("None chosen: collected in all of them.")}

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].queryset = study.groups.all()  # type: ignore[attr-defined]
        self.fields["groups"].label = _("Groups")
        self.fields["privacy_class"].required = False
        self.order_fields(["name", "kind", "choices", "bands", "privacy_class", "groups"])
        stored = self.instance
        self.privacy_class = stored.privacy_class
        self.initial["choices"] = write_lines(stored.choices, stored.codes, stored.categories)
        self.initial["bands"] = ", ".join(str(each) for each in stored.bands)

    def clean_bands(self) -> list[int]:
        """Whole numbers between commas."""
        texts = [text.strip() for text in self.cleaned_data["bands"].split(",") if text.strip()]
        try:
            return sorted({int(text) for text in texts})
        except ValueError:
            raise forms.ValidationError(_("Write whole numbers with commas between them.")) from None

    @property
    def given(self) -> dict[str, Any]:
        """What `define_characteristic` and `change_characteristic` take."""
        listed = read_lines(self.cleaned_data["choices"])
        is_list = self.cleaned_data["kind"] in (Characteristic.Kind.CHOICE, Characteristic.Kind.MULTIPLE)
        return {
            **self.cleaned_data,
            "privacy_class": self.cleaned_data["privacy_class"] or self.privacy_class,
            "choices": listed.values if is_list else (),
            "codes": listed.codes,
            "categories": listed.categories,
        }


class FilterForm(forms.Form):
    """Narrows the list of people."""

    group = forms.ModelChoiceField(
        ParticipantGroup.objects.none(), required=False, label=_("Group"), empty_label=_("All groups")
    )
    site = forms.ModelChoiceField(
        Site.objects.none(), required=False, label=_("Site"), empty_label=_("All sites")
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = study.groups.all()  # type: ignore[attr-defined]
        self.fields["site"].queryset = study.sites.all()  # type: ignore[attr-defined]


def _text(given: Any) -> str:
    """Several choices as the one text in which they are stored."""
    return together(given) if isinstance(given, list) else given or ""


def _value_field(each: Characteristic, initial: str) -> forms.Field:
    about: dict[str, Any] = {"label": each.name, "required": False, "initial": initial}
    if each.kind == Characteristic.Kind.CHOICE:
        return forms.ChoiceField(choices=[("", "–"), *((choice, choice) for choice in each.choices)], **about)
    if each.kind == Characteristic.Kind.MULTIPLE:
        about["initial"] = separate(initial)
        choices = [(choice, choice) for choice in each.choices]
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **about)
    kind = "date" if each.kind == Characteristic.Kind.DATE else "text"
    return forms.CharField(max_length=300, widget=forms.TextInput(attrs={"type": kind}), **about)
