"""A list of codes, read row by row and brought into an order in which parents come first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apps.core.refusal import gettext_noop
from apps.core.tables import Row
from apps.exports.engine.columns import Column
from apps.exports.engine.problems import Problem, check_cell

_LONGEST = {"name": 120, "parent": 120, "label": 8}
_LONGEST_TEXT = 20_000
_LABEL = re.compile(r"[a-z0-9]([a-z0-9.\-]*[a-z0-9])?")
_OUTSIDE = re.compile(r"x\d+")
_ONE_LINE = ("name", "parent", "label")


@dataclass
class SaidCode:
    """What one row says of a code; an empty cell says nothing. `parent_row` is the row of its parent."""

    number: int
    words: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    parent_row: int | None = None

    def word(self, name: str) -> str:
        """The text of "name", "parent", "label", "definition", "include", "exclude" or "example"."""
        return self.words.get(name, "")

    @property
    def aliases(self) -> tuple[str, ...]:
        return tuple(alias for each in re.split(r"[;,|\n]", self.word("aliases")) if (alias := each.strip()))

    @property
    def is_outside_framework(self) -> bool:
        return bool(_OUTSIDE.fullmatch(self.word("label")))


def read_codes(rows: Sequence[Row], columns: Sequence[Column]) -> list[SaidCode]:
    """What a list says, row by row; rows in which nothing is said are left out."""
    taken = [column for column in columns if column.to != "leave"]
    headers = {column.to: column.header for column in taken}
    said = [code for row in rows if (code := _read(row, taken)).words or code.problems]
    for code in said:
        if not code.word("name") and not code.problems:
            _complain(code, headers, "name", gettext_noop("This code has no name."))
    _check_labels(said, headers)
    return said


def in_order(said: Sequence[SaidCode]) -> list[SaidCode]:
    """Parents before their children, else in the order of the list; circles are reported and left out."""
    by_row = {code.number: code for code in said}
    placed: dict[int, SaidCode] = {}
    for code in said:
        chain = _upwards(code, by_row)
        if chain is None:
            sentence = gettext_noop("This code is above and under itself.")
            code.problems.append(Problem(code.number, "", sentence))
            continue
        for each in reversed(chain):
            placed.setdefault(each.number, each)
    return list(placed.values())


def _upwards(code: SaidCode, by_row: Mapping[int, SaidCode]) -> list[SaidCode] | None:
    """The code, its parent and so on to the top; None where that never ends."""
    chain = [code]
    while chain[-1].parent_row is not None:
        parent = by_row[chain[-1].parent_row]
        if parent in chain:
            return None
        chain.append(parent)
    return chain


def _read(row: Row, columns: Sequence[Column]) -> SaidCode:
    said = SaidCode(row.number)
    for column in columns:
        text = row.values.get(column.header, "").strip()
        if not text:
            continue
        if column.to in _ONE_LINE:
            text = " ".join(text.split())
        longest = _LONGEST.get(column.to, _LONGEST_TEXT)
        if problem := check_cell(row.number, column.header, text, longest=longest):
            said.problems.append(problem)
        else:
            said.words[column.to] = text.casefold() if column.to == "label" else text
    return said


def _check_labels(said: Sequence[SaidCode], headers: Mapping[str, str]) -> None:
    rows: dict[str, int] = {}
    for code in said:
        label = code.word("label")
        if label and not _LABEL.fullmatch(label):
            sentence = gettext_noop(
                "“%(text)s” is not a label: use up to eight letters and digits, such as a1."
            )
            _complain(code, headers, "label", sentence, text=label)
        elif label in rows:
            sentence = gettext_noop("The label “%(text)s” is in row %(row)s already.")
            _complain(code, headers, "label", sentence, text=label, row=rows[label])
        if label:
            rows.setdefault(label, code.number)


def _complain(code: SaidCode, headers: Mapping[str, str], to: str, template: str, **facts: str | int) -> None:
    code.problems.append(Problem(code.number, headers.get(to, ""), template, facts))
