from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.participants.actions.populations import Part
from apps.participants.engine.coarser import may_be_coarser
from apps.participants.engine.disclosure import DEFAULT_THRESHOLD
from apps.participants.models import Characteristic
from apps.participants.queries.tables import StatedPart, TableOptions


class OptionsForm(forms.Form):
    """Which characteristics the tables show, and how."""

    columns = forms.MultipleChoiceField(label=_("Shown"), required=False, widget=forms.CheckboxSelectMultiple)
    banded = forms.MultipleChoiceField(
        label=_("In broader categories"), required=False, widget=forms.CheckboxSelectMultiple
    )
    told = forms.MultipleChoiceField(
        label=_("Told by quotations, though not shown"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    unnamed = forms.BooleanField(label=_("Without pseudonyms"), required=False)
    threshold = forms.IntegerField(
        label=_("Fewest people who must fit a row"),
        min_value=2,
        max_value=1000,
        required=False,
        initial=DEFAULT_THRESHOLD,
    )

    def __init__(self, data: Any, *, characteristics: Sequence[Characteristic]) -> None:
        super().__init__(data)
        names = [(str(each.id), each.name) for each in characteristics]
        coarse = [
            (str(each.id), each.name)
            for each in characteristics
            if may_be_coarser(kind=each.kind, categories=each.categories, bands=each.bands)
        ]
        for name, choices in (("columns", names), ("told", names), ("banded", coarse)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def options(self) -> TableOptions:
        given = self.cleaned_data
        return TableOptions.from_json(
            {
                "columns": given["columns"],
                "banded": given["banded"],
                "told": given["told"],
                "named": not given["unnamed"],
                "threshold": given["threshold"] or DEFAULT_THRESHOLD,
            }
        )


class PopulationsForm(forms.Form):
    """How many people there are of each kind; fields are numbered, for values can be any text."""

    def __init__(self, data: Any = None, *, parts: Sequence[StatedPart]) -> None:
        super().__init__(data)
        self.parts = parts
        for number in range(len(parts)):
            self.fields[f"size-{number}"] = forms.IntegerField(
                min_value=1, max_value=100_000_000, required=False
            )

    @property
    def rows(self) -> list[tuple[StatedPart, str]]:
        """Each part with the name of its field; what stands there is what was stated last."""
        return [(part, f"size-{number}") for number, part in enumerate(self.parts)]

    @property
    def sizes(self) -> Mapping[Part, int | None]:
        return {
            (part.group, part.characteristic, part.value): self.cleaned_data[f"size-{number}"]
            for number, part in enumerate(self.parts)
            if f"size-{number}" in self.data
        }
