"""What stands in the way of an import, told by row and column as the spreadsheet shows them."""

import re
from dataclasses import dataclass, field

from apps.core.refusal import Refused, gettext_noop

_FORMULA = re.compile(r"=\s*[A-Za-z_(+\-@\"'$\[{]")
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")


@dataclass(frozen=True)
class Problem:
    """One sentence (`template % facts`) about one cell, or about a row where `column` is empty."""

    row: int
    column: str
    template: str
    facts: dict[str, str | int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return self.template % self.facts


def refused_cell(row: int, column: str, refused: Refused) -> Problem:
    """A refusal of a value, at the cell that holds it."""
    return Problem(row, column, refused.template, refused.facts)


def check_cell(row: int, column: str, text: str, *, longest: int) -> Problem | None:
    """What is wrong with any text, whatever it stands for."""
    if _FORMULA.match(text):
        sentence = gettext_noop("This is a formula; save the sheet so that the cell holds its result.")
        return Problem(row, column, sentence)
    if text in _ERRORS:
        return Problem(
            row, column, gettext_noop("The spreadsheet shows the error %(text)s here."), {"text": text}
        )
    if len(text) > longest:
        sentence = gettext_noop("This is longer than %(limit)s characters.")
        return Problem(row, column, sentence, {"limit": longest})
    return None
