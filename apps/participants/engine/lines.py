"""The list of a characteristic as people type it: one value on each line, with a code and a coarser category.

1 = Nurse, intensive care > Clinical
2 = Administrator > Not clinical
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_CODE, _CATEGORY = " = ", " > "


@dataclass(frozen=True)
class Listed:
    """The values in their order, the value of each code, and the category of each value that has one."""

    values: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)


def read_lines(lines: Iterable[str]) -> Listed:
    """What was typed; a code stands before " = ", a category after the last " > "."""
    values: list[str] = []
    codes: dict[str, str] = {}
    categories: dict[str, str] = {}
    for line in lines:
        code, has_code, rest = line.partition(_CODE)
        value, has_category, category = (rest if has_code else line).rpartition(_CATEGORY)
        value = (value if has_category else category).strip()
        if not value or value in values:
            continue
        values.append(value)
        if has_code and code.strip():
            codes[code.strip()] = value
        if has_category and category.strip():
            categories[value] = category.strip()
    return Listed(tuple(values), codes, categories)


def write_lines(values: Sequence[str], codes: Mapping[str, str], categories: Mapping[str, str]) -> list[str]:
    """The lines that `read_lines` reads back; values that only have a category come last."""
    code_of = {value: code for code, value in codes.items()}
    every = [*values, *(value for value in categories if value not in values)]
    return [
        (f"{code_of[value]}{_CODE}" if value in code_of else "")
        + value
        + (f"{_CATEGORY}{categories[value]}" if value in categories else "")
        for value in every
    ]
