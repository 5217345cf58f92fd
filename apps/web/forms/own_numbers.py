"""Different numbers for some groups, sites or interviewers of a plan: one small field for each."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.agreement.models import OwnNumber, Round
from apps.agreement.queries import Part

TITLES = {
    Round.Stratum.GROUP: _("Groups"),
    Round.Stratum.SITE: _("Sites"),
    Round.Stratum.INTERVIEWER: _("Interviewers"),
}


class OwnNumberField(forms.CharField):
    """A number such as 5, or a share such as 25 %; empty: the number of all."""

    def __init__(self, part: Part) -> None:
        shape = {"class": "input", "autocomplete": "off"}
        super().__init__(label=part.name, required=False, max_length=12, widget=forms.TextInput(attrs=shape))
        self.part = part

    def clean(self, value: Any) -> OwnNumber | None:
        said = str(super().clean(value) or "").replace(" ", "").replace(",", ".")
        if not said:
            return None
        try:
            number, share = (None, float(said[:-1]) / 100) if said.endswith("%") else (int(said), None)
        except ValueError:
            raise forms.ValidationError(_now("Write a number such as 5, or a share such as 25 %.")) from None
        if not 0 <= (number or 0) <= 1000 or not 0 <= (share or 0) <= 1:
            raise forms.ValidationError(_now("Write a number such as 5, or a share such as 25 %."))
        return OwnNumber(self.part.stratum, self.part.of, number, share)


def field_name(stratum: str, of: str) -> str:
    """An interviewer without an account goes by a name, which is no name for a field."""
    return f"own-{stratum}-{hashlib.sha256(of.encode()).hexdigest()[:12]}"


def as_written(own: OwnNumber) -> str:
    """What somebody would type for it."""
    return str(own.number) if own.share is None else f"{own.share * 100:g} %"


class WithOwnNumbers(forms.Form):
    """A form to which the fields of these parts of the study are added."""

    def add_own_numbers(self, parts: list[Part], round: Round | None) -> None:
        """One field for each part, with what the plan says so far."""
        for part in parts:
            self.fields[field_name(part.stratum, part.of)] = OwnNumberField(part)
        for own in round.numbers_by_name if round else ():
            self.initial[field_name(own.stratum, own.of)] = as_written(own)

    @property
    def own_number_sets(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under groups, sites and interviewers; where there is but one, nothing can differ."""
        found = [
            (title, [self[name] for name, field in self._own() if field.part.stratum == stratum])
            for stratum, title in TITLES.items()
        ]
        return [(title, fields) for title, fields in found if len(fields) > 1]

    @property
    def has_own_numbers(self) -> bool:
        """Something is said there, or wrong there: the fold is open."""
        return any(self[name].value() or self[name].errors for name, _field in self._own())

    def take_own_numbers(self, values: dict[str, Any]) -> list[OwnNumber]:
        """Those that were given, out of the cleaned values."""
        given = [values.pop(name) for name, _field in self._own()]
        return [each for each in given if each is not None]

    def _own(self) -> Iterator[tuple[str, OwnNumberField]]:
        for name, field in self.fields.items():
            if isinstance(field, OwnNumberField):
                yield name, field
