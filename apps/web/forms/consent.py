from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.participants.actions import Answers, Clause
from apps.participants.models import (
    Consent,
    ConsentAnswer,
    ConsentClause,
    ConsentScope,
    ConsentVersion,
    ContactPermission,
)
from apps.participants.queries.consent import Row

_DAY = {"type": "date"}
# "Not recorded" is no answer, and said by leaving a clause alone.
ANSWERS = [("", _("Not recorded"))] + [
    choice for choice in ConsentAnswer.Answer.choices if choice[0] != ConsentAnswer.Answer.NOT_RECORDED
]


class VersionForm(forms.Form):
    """A version of the consent form; which clauses it has is ticked, with the form's own wording."""

    label = forms.CharField(
        label=_("Version"),
        max_length=80,
        help_text=_("As it stands on the form, such as “v3, 12 March 2021”."),
    )
    used_from = forms.DateField(
        label=_("Used from"), required=False, widget=forms.DateInput(_DAY, "%Y-%m-%d")
    )

    def __init__(self, *args: Any, version: ConsentVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if version:
            self.initial = {"label": version.label, "used_from": version.used_from}
        asked = {each.scope: each.wording for each in version.clauses.all()} if version else None
        for scope in ConsentScope:
            ticked = scope in asked if asked is not None else scope != ConsentScope.OTHER
            self.fields[f"asks-{scope}"] = forms.BooleanField(
                label=scope.label, required=False, initial=ticked
            )
            self.fields[f"wording-{scope}"] = forms.CharField(
                label=_("Wording"), required=False, max_length=1000, initial=(asked or {}).get(scope, "")
            )

    @property
    def clause_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"asks-{scope}"], self[f"wording-{scope}"]) for scope in ConsentScope]

    @property
    def clauses(self) -> list[Clause]:
        given = self.cleaned_data
        return [Clause(scope, given[f"wording-{scope}"]) for scope in ConsentScope if given[f"asks-{scope}"]]


class ConsentForm(forms.Form):
    """What one person has answered to one version of the form; nothing is answered beforehand."""

    given_on = forms.DateField(label=_("Given on"), required=False, widget=forms.DateInput(_DAY, "%Y-%m-%d"))
    way = forms.ChoiceField(label=_("How"), choices=Consent.Way.choices)

    def __init__(self, *args: Any, row: Row, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        if row.consent:
            self.fields["given_on"].initial = row.consent.given_on
            self.fields["way"].initial = row.consent.way
        for clause, answer in row.answers:
            self.fields[_name(clause)] = forms.ChoiceField(
                label=str(clause), choices=ANSWERS, required=False, initial=answer.answer if answer else ""
            )

    @property
    def clause_fields(self) -> list[forms.BoundField]:
        return [self[_name(clause)] for clause, _answer in self.row.answers]

    @property
    def answers(self) -> Answers:
        given = self.cleaned_data
        return Answers(
            given_on=given["given_on"],
            way=given["way"],
            answers={clause: given[_name(clause)] for clause, _answer in self.row.answers},
        )


class ConsentsForm(ConsentForm):
    """What several people have answered alike; a clause left alone takes what holds for the others."""

    others = forms.ChoiceField(label=_("Every clause that is left alone"), choices=ANSWERS, required=False)

    @property
    def answers(self) -> Answers:
        found, others = super().answers, self.cleaned_data["others"]
        return replace(found, answers={clause: answer or others for clause, answer in found.answers.items()})


class PermissionForm(forms.ModelForm):  # type: ignore[type-arg]
    answer = forms.ChoiceField(
        label=_("Permission"),
        choices=[("", _("Not recorded")), *ContactPermission.Answer.choices],
        required=False,
    )

    class Meta:
        model = ContactPermission
        fields = ["answer", "given_on", "basis"]
        widgets = {"given_on": forms.DateInput(_DAY, "%Y-%m-%d")}


def _name(clause: ConsentClause) -> str:
    return f"answer-{clause.id}"
