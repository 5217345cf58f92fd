"""A REDCap export read with its data dictionary: labels for codes, one column for each set of boxes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from apps.core.refusal import Refused, gettext_noop
from apps.core.tables import Row, Table
from apps.exports.engine.columns import LEAVE, NEW_CHARACTERISTIC, Column, fold, guess_people

_VARIABLE = ("variable / field name", "field_name", "variable")
_TYPE = ("field type", "field_type")
_LABEL = ("field label", "field_label")
_CHOICES = (
    "choices, calculations, or slider labels",
    "choices or calculations",
    "select_choices_or_calculations",
)
_VALIDATION = ("text validation type or show slider number", "text_validation_type_or_show_slider_number")
_IDENTIFIER = ("identifier?", "identifier")
_LISTS = ("radio", "dropdown")
# Of REDCap's own making; a group of data access is where somebody works, so it stands for the site.
_ACCESS_GROUP = "redcap_data_access_group"
_OWN = re.compile(r"redcap_(?!data_access_group)\w+|\w+_complete|\w+_timestamp")
_BOX = re.compile(r"(.+?)___(.+)")
_NUMBERS = ("integer", "number", "number_1dp", "number_2dp")
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Variable:
    """A line of the data dictionary."""

    name: str
    kind: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    is_identifier: bool = False
    is_descriptive: bool = False


def is_dictionary(table: Table) -> bool:
    """Whether a table is a data dictionary."""
    headers = {header.casefold() for header in table.headers}
    return any(name in headers for name in _VARIABLE) and any(name in headers for name in _TYPE)


def read_dictionary(table: Table) -> dict[str, Variable]:
    """The variables by name; raises Refused for a file that is no data dictionary."""
    if not is_dictionary(table):
        raise Refused(
            "no_dictionary",
            gettext_noop("This is not a REDCap data dictionary: it has no column “%(column)s”."),
            column="Variable / Field Name",
        )
    variables = [_variable(_by_heading(row)) for row in table.rows]
    return {each.name: each for each in variables if each.name}


def apply_dictionary(table: Table, variables: Mapping[str, Variable]) -> tuple[Table, list[Column]]:
    """The data with labels in place of codes, and what each of its columns stands for."""
    boxes = _boxes(table.headers, variables)
    headings: dict[str, str] = {}
    for header in table.headers:
        if header not in boxes:
            label = variables[header].label if header in variables else header
            headings[header] = _unlike(label or header, set(headings.values()))
    for name in dict.fromkeys(boxes.values()):
        headings[name] = _unlike(variables[name].label or name, set(headings.values()))
    rows = tuple(replace(row, values=_labelled(row, headings, boxes, variables)) for row in table.rows)
    return replace(table, headers=tuple(headings.values()), rows=rows), _columns(headings, variables)


def _columns(headings: Mapping[str, str], variables: Mapping[str, Variable]) -> list[Column]:
    """Guessed by the names of the variables; what is left becomes a characteristic of the kind it has."""
    names = list(headings)
    guessed = guess_people([name.replace(_ACCESS_GROUP, "site") for name in names], {})
    by_label = guess_people(list(headings.values()), {})
    found = []
    for place, (name, heading) in enumerate(headings.items()):
        variable = variables.get(name)
        to = guessed[place] if guessed[place] != LEAVE else by_label[place]
        if place == 0 and "reference" not in guessed:
            to = "reference"
        if (variable and (variable.is_identifier or variable.is_descriptive)) or _OWN.fullmatch(name):
            to = LEAVE
        elif to == LEAVE and variable and variable.kind != "text":
            to = NEW_CHARACTERISTIC
        is_new = to == NEW_CHARACTERISTIC and variable is not None
        found.append(
            Column(
                heading,
                to,
                day_first=None,
                kind=variable.kind if variable and is_new else "text",
                choices=tuple(variable.choices.values()) if variable and is_new else (),
                codes=dict(variable.choices) if variable and is_new else {},
            )
        )
    return _each_once(found)


def _each_once(columns: Sequence[Column]) -> list[Column]:
    seen: set[str] = set()
    found = []
    for column in columns:
        is_taken = column.to in seen and column.to not in (LEAVE, NEW_CHARACTERISTIC)
        found.append(replace(column, to=LEAVE) if is_taken else column)
        seen.add(column.to)
    return found


def _labelled(
    row: Row, headings: Mapping[str, str], boxes: Mapping[str, str], variables: Mapping[str, Variable]
) -> dict[str, str]:
    values = {}
    for name, heading in headings.items():
        ticked = [header for header, owner in boxes.items() if owner == name]
        if ticked:
            variable = variables[name]
            chosen = [_box_label(header, variable) for header in ticked if row.values.get(header) == "1"]
            values[heading] = "; ".join(chosen)
            continue
        value = row.values.get(name, "")
        values[heading] = variables[name].choices.get(value, value) if name in variables else value
    return values


def _boxes(headers: Sequence[str], variables: Mapping[str, Variable]) -> dict[str, str]:
    """The columns of single boxes, and the variable that each belongs to."""
    found = {}
    for header in headers:
        match = _BOX.fullmatch(header)
        if match and match[1] in variables:
            found[header] = match[1]
    return found


def _box_label(header: str, variable: Variable) -> str:
    """REDCap writes codes in lower case and with underscores for signs."""
    match = _BOX.fullmatch(header)
    code = match[2] if match else ""
    folded = {re.sub(r"\W", "_", each.casefold()): label for each, label in variable.choices.items()}
    return variable.choices.get(code) or folded.get(code.casefold(), code)


def _variable(line: Mapping[str, str]) -> Variable:
    kind = _of(line, _TYPE).casefold()
    validation = _of(line, _VALIDATION).casefold()
    choices = _choices(_of(line, _CHOICES)) if kind in (*_LISTS, "checkbox") else {}
    if kind == "yesno":
        choices = {"1": "Yes", "0": "No"}
    if kind == "truefalse":
        choices = {"1": "True", "0": "False"}
    return Variable(
        name=_of(line, _VARIABLE).strip(),
        kind=_kind(kind, validation, choices),
        label=_plain(_of(line, _LABEL)),
        choices=choices,
        is_identifier=_of(line, _IDENTIFIER).casefold() in ("y", "yes", "true", "1"),
        is_descriptive=kind in ("descriptive", "file", "notes", "calc", "slider", "sql"),
    )


def _kind(kind: str, validation: str, choices: Mapping[str, str]) -> str:
    if kind == "checkbox":
        return "multiple"
    if choices and len(set(choices.values())) > 1:
        return "choice"
    if validation in _NUMBERS:
        return "number"
    return "date" if validation.startswith("date_") else "text"


def _choices(text: str) -> dict[str, str]:
    """From "1, Woman | 2, Man"; semicolons, which stand between several choices, become commas."""
    pairs = (part.partition(",") for part in text.split("|"))
    return {code.strip(): _plain(label).replace(";", ",") for code, comma, label in pairs if comma}


def _plain(text: str) -> str:
    """A label without the mark-up that REDCap allows in it."""
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())[:_LONGEST_NAME]


def _of(line: Mapping[str, str], names: Sequence[str]) -> str:
    return next((line[name] for name in names if name in line), "")


def _by_heading(row: Row) -> dict[str, str]:
    return {header.casefold(): value for header, value in row.values.items()}


def _unlike(title: str, taken: set[str]) -> str:
    number, candidate = 2, title
    while candidate in taken or (number == 2 and fold(candidate) in {fold(each) for each in taken}):
        candidate = f"{title} ({number})"
        number += 1
    return candidate
