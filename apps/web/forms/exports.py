from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.core.tables import Table
from apps.exports.engine.columns import LEAVE, NEW_CHARACTERISTIC, Column, Columns, characteristic
from apps.exports.engine.dates import DateOrder, date_order
from apps.exports.engine.steps import STEP
from apps.participants.models import Characteristic, RecruitmentEvent
from apps.studies.models import Study

_PERSON = [
    ("reference", _("Study reference (your own identifier)")),
    ("pseudonym", _("Pseudonym that Concord gave")),
    ("group", _("Group")),
    ("site", _("Site")),
    ("note", _("Note")),
]
_INTERVIEW = [
    ("held_on", _("Interview date")),
    ("mode", _("Interview mode")),
    ("minutes", _("Interview duration")),
    ("interviewer", _("Interviewer")),
]
_CODE = [
    ("name", _("Name")),
    ("parent", _("Parent (its name or label)")),
    ("label", _("Label")),
    ("definition", _("Definition")),
    ("include", _("Include")),
    ("exclude", _("Exclude")),
    ("example", _("Example")),
    ("aliases", _("Other names")),
]
_STEP = [
    ("step", _("Step")),
    ("happened_on", _("Day of the step")),
    ("detail", _("In detail")),
    ("reason", _("Reason")),
    ("due_on", _("Day on which the next step is due")),
    ("route", _("Contact route")),
    ("round", _("Number of the recruitment round")),
]
_LEAVE = (LEAVE, _("Leave out"))
_LONGEST_CHARACTERISTIC = 120
_SAMPLES = 3
_SUFFIXES = ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt"
_DAY_FIRST = {DateOrder.DAY_FIRST: True, DateOrder.MONTH_FIRST: False}


class UploadForm(forms.Form):
    file = forms.FileField(label=_("Spreadsheet"), widget=forms.FileInput(attrs={"accept": _SUFFIXES}))

    def __init__(self, *args: Any, too_large: str = "", **kwargs: Any) -> None:
        """`too_large` names a file whose upload was stopped at the limit."""
        super().__init__(*args, **kwargs)
        if too_large:
            limit = settings.UPLOAD_LIMIT // (1024 * 1024)
            message = _("%(name)s is larger than %(limit)s MB, the most that can be taken.")
            self.fields["file"].error_messages["required"] = message % {"name": too_large, "limit": limit}
        self.fields["file"].error_messages["empty"] = _("This file is empty.")

    @property
    def sent_dictionary(self) -> bytes | None:
        """The data dictionary of a REDCap project, where one was sent."""
        sent = self.cleaned_data.get("dictionary")
        return bytes(sent.read()) if sent else None

    @property
    def content(self) -> bytes:
        return bytes(self.cleaned_data["file"].read())

    @property
    def file_name(self) -> str:
        return str(self.cleaned_data["file"].name)


class PeopleUploadForm(UploadForm):
    dictionary = forms.FileField(
        label=_("REDCap data dictionary"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv"}),
        help_text=_("Only with an export from REDCap: its columns then map by themselves."),
    )


class SheetForm(forms.Form):
    """Another sheet, or another row of headings."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header_row = forms.IntegerField(label=_("Row of the headings"), min_value=1, max_value=50_000)

    def __init__(self, data: Any = None, *, table: Table) -> None:
        super().__init__(data, initial={"sheet": table.sheet, "header_row": table.header_row})
        self.fields["sheet"].choices = [(sheet, sheet) for sheet in table.sheets]  # type: ignore[attr-defined]
        if len(table.sheets) < 2:
            del self.fields["sheet"]


class ColumnsForm(forms.Form):
    """What each column stands for. Fields are numbered, for headings can be any text."""

    needed: tuple[str, ...] = ()
    nothing_needed = _("Say which column holds this.")

    def __init__(self, *args: Any, table: Table, said: Columns, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table, self.study = table, study
        self._said = said.columns
        self._headers = [column.header for column in said.columns]
        self._orders = [date_order(self._texts(header)) for header in self._headers]
        for number, column in enumerate(said.columns):
            self.fields[f"to-{number}"] = forms.ChoiceField(
                label=column.header, choices=self.choices(column.header), initial=column.to
            )
            if self._orders[number] == DateOrder.ASK:
                self.fields[f"order-{number}"] = _order_field(column.day_first)
        self.add_more(said)

    @property
    def rows(self) -> list[tuple[str, list[str], forms.BoundField, forms.BoundField | None]]:
        """For each column its heading, what is in it, and the fields."""
        return [
            (header, self._samples(header), self[f"to-{number}"], self._order(number))
            for number, header in enumerate(self._headers)
        ]

    @property
    def more(self) -> list[forms.BoundField]:
        """The fields that are not about one column."""
        return [field for field in self if not field.name.startswith(("to-", "order-"))]

    @property
    def columns(self) -> Columns:
        """What was said."""
        return Columns(tuple(self._column(number) for number in range(len(self._headers))))

    def choices(self, header: str) -> list[Any]:
        raise NotImplementedError

    def add_more(self, said: Columns) -> None:
        """Fields that are not about one column."""

    def clean(self) -> dict[str, Any]:
        seen: set[str] = set()
        for number in range(len(self._headers)):
            to = self.cleaned_data.get(f"to-{number}", LEAVE)
            if to in seen and to not in (LEAVE, NEW_CHARACTERISTIC):
                self.add_error(f"to-{number}", _("Another column stands for this already."))
            seen.add(to)
            self._check(number, to)
        if not seen & set(self.needed):
            self.add_error(None, self.nothing_needed)
        return self.cleaned_data

    def _check(self, number: int, to: str) -> None:
        if to == NEW_CHARACTERISTIC and len(self._headers[number]) > _LONGEST_CHARACTERISTIC:
            message = _("This heading is longer than %(limit)s characters.")
            self.add_error(f"to-{number}", message % {"limit": _LONGEST_CHARACTERISTIC})
        if self._holds_dates(to) and self.cleaned_data.get(f"order-{number}") == "":
            self.add_error(f"order-{number}", _("Say what comes first in these dates."))

    def _holds_dates(self, to: str) -> bool:
        return False

    def _column(self, number: int) -> Column:
        said = self._said[number]
        order = self.cleaned_data.get(f"order-{number}") or self._orders[number]
        return replace(
            said,
            to=self.cleaned_data[f"to-{number}"],
            day_first=_DAY_FIRST.get(DateOrder(order)),
        )

    def _order(self, number: int) -> forms.BoundField | None:
        return self[f"order-{number}"] if f"order-{number}" in self.fields else None

    def _texts(self, header: str) -> Iterable[str]:
        return (row.values.get(header, "") for row in self.table.rows)

    def _samples(self, header: str) -> list[str]:
        return list(dict.fromkeys(text for text in self._texts(header) if text))[:_SAMPLES]


class PeopleColumnsForm(ColumnsForm):
    needed = ("reference", "pseudonym")
    nothing_needed = _(
        "Say which column identifies each person in your own list: a number or code, never a name. "
        "With it the same list can be brought in again."
    )

    def choices(self, header: str) -> list[Any]:
        known = [(characteristic(each.id), each.name) for each in self._characteristics()]
        new = _("A new one, “%(name)s”") % {"name": header}
        return [
            _LEAVE,
            (_("Person"), _PERSON),
            (_("Interview"), _INTERVIEW),
            (_("Characteristics"), [*known, (NEW_CHARACTERISTIC, new)]),
        ]

    def add_more(self, said: Columns) -> None:
        groups = [(str(each.id), each.name) for each in self.study.groups.all()]
        sites = [(str(each.id), each.name) for each in self.study.sites.all()]
        self.fields["every_group"] = forms.ChoiceField(
            label=_("Group of rows that name none"),
            choices=[("", "–"), *groups],
            required=False,
            initial=said.every_group,
        )
        self.fields["every_site"] = forms.ChoiceField(
            label=_("Site of rows that name none"),
            choices=[("", "–"), *sites],
            required=False,
            initial=said.every_site,
        )
        self.fields["makes_places"] = forms.BooleanField(
            label=_("Add groups and sites that the study does not have"),
            required=False,
            initial=said.makes_places,
        )

    @property
    def columns(self) -> Columns:
        given = self.cleaned_data
        return Columns(
            super().columns.columns,
            every_group=given["every_group"],
            every_site=given["every_site"],
            makes_places=given["makes_places"],
        )

    def _holds_dates(self, to: str) -> bool:
        dates = {
            characteristic(each.id)
            for each in self._characteristics()
            if each.kind == Characteristic.Kind.DATE
        }
        return to == "held_on" or to in dates

    def _characteristics(self) -> list[Characteristic]:
        if not hasattr(self, "_known"):
            self._known = list(self.study.characteristics.all())
        return self._known


class StepColumnsForm(ColumnsForm):
    needed = ("reference", "pseudonym")
    nothing_needed = _("Say which column holds the study reference or the pseudonym of each person.")

    def choices(self, header: str) -> list[Any]:
        steps = [step for step in RecruitmentEvent.Step if step != RecruitmentEvent.Step.OTHER]
        days = [
            (f"{STEP}{step.value}", _("Day of “%(step)s”") % {"step": step.label.lower()}) for step in steps
        ]
        return [
            _LEAVE,
            (_("Person"), _PERSON[:2]),
            (_("A row for each step"), _STEP),
            (_("A column for each step"), days),
        ]

    def clean(self) -> dict[str, Any]:
        super().clean()
        said = {self.cleaned_data.get(f"to-{number}", LEAVE) for number in range(len(self._headers))}
        if not ({"step", "happened_on"} <= said or any(to.startswith(STEP) for to in said)):
            self.add_error(
                None, _("Say which columns hold the step and its day, or which hold the day of each step.")
            )
        return self.cleaned_data

    def _holds_dates(self, to: str) -> bool:
        return to in ("happened_on", "due_on") or to.startswith(STEP)


class CodeColumnsForm(ColumnsForm):
    needed = ("name",)
    nothing_needed = _("Say which column holds the names of the codes.")

    def choices(self, header: str) -> list[Any]:
        return [_LEAVE, *_CODE]

    def add_more(self, said: Columns) -> None:
        if not self.study.codebooks.exists():
            self.fields["name"] = forms.CharField(
                label=_("Name of the codebook"), max_length=120, initial=said.name or self.table.sheet
            )

    @property
    def columns(self) -> Columns:
        return Columns(super().columns.columns, name=self.cleaned_data.get("name", ""))


def _order_field(day_first: bool | None) -> forms.ChoiceField:
    initial = {True: DateOrder.DAY_FIRST.value, False: DateOrder.MONTH_FIRST.value}
    return forms.ChoiceField(
        label=_("In these dates"),
        choices=[
            ("", _("what comes first?")),
            (DateOrder.DAY_FIRST.value, _("the day comes first")),
            (DateOrder.MONTH_FIRST.value, _("the month comes first")),
        ],
        required=False,
        initial="" if day_first is None else initial[day_first],
    )
