"""A row of a list of recruitment steps: one step and its day, or a column with the day of each step."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from apps.core.cells import to_date
from apps.core.refusal import Refused, gettext_noop
from apps.core.tables import Row
from apps.exports.engine.columns import LEAVE, Column, fold, guess
from apps.exports.engine.problems import Problem, check_cell, refused_cell

STEP = "step:"
EXITS = ("declined", "not_eligible", "withdrew")
STEP_NAMES: Mapping[str, tuple[str, ...]] = {
    "approached": ("approached", "contacted", "invited", "invitation sent", "first contact", "sent"),
    "reminded": ("reminded", "reminder", "reminder sent", "second contact", "chased"),
    "replied": ("replied", "reply", "responded", "response", "interested", "expressed interest"),
    "not_eligible": ("not eligible", "ineligible", "excluded", "screened out"),
    "declined": ("declined", "refused", "decline", "refusal", "not interested", "said no"),
    "booked": ("booked", "booking", "scheduled", "interview booked", "appointment made", "agreed"),
    "interviewed": ("interviewed", "interview", "interview held", "interview done", "completed", "held"),
    "withdrew": ("withdrew", "withdrawn", "withdrawal", "dropped out"),
}
STEP_WORDS: Mapping[str, tuple[str, ...]] = {
    "reference": (
        "reference", "ref", "study reference", "id", "participant id", "participant number", "participant",
        "participant reference", "study id", "record id", "pid", "screening number",
    ),
    "pseudonym": ("pseudonym", "alias"),
    "step": ("step", "event", "status", "outcome", "stage", "what happened"),
    "happened_on": ("date", "on", "day", "happened on", "date of step", "event date", "when"),
    "reason": ("reason", "reason declined", "reason for declining", "refusal reason", "why", "why not"),
    "due_on": ("due", "due on", "next step due", "next step due on", "follow up", "follow up on"),
    "route": ("route", "contact route", "via", "source", "recruited via", "channel", "how contacted"),
    "round": ("round", "recruitment round", "wave"),
    "detail": ("detail", "details", "in detail", "comment", "comments", "remark"),
    **{
        f"{STEP}{step}": (*names, *(form for name in names for form in (f"{name} on", f"date {name}")))
        for step, names in STEP_NAMES.items()
    },
}  # fmt: skip
_STEP_OF = {name: step for step, names in STEP_NAMES.items() for name in names}
_LONGEST = {"reference": 80, "pseudonym": 80, "detail": 120, "reason": 200, "route": 120}
_ROUND = re.compile(r"(?:recruitment |)(?:round |wave |)(\d{1,4})(?:\.0)?", re.IGNORECASE)


@dataclass(frozen=True)
class SaidStep:
    """A step with its day, and the column that says so."""

    column: str
    step: str
    happened_on: date
    detail: str = ""
    reason: str = ""
    due_on: date | None = None


@dataclass
class SaidSteps:
    """What one row says; an empty cell says nothing."""

    number: int
    words: dict[str, str] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    round: int | None = None
    steps: tuple[SaidStep, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    def word(self, name: str) -> str:
        """The text of "reference", "pseudonym", "step", "route", "reason" or "detail"."""
        return self.words.get(name, "")

    @property
    def is_empty(self) -> bool:
        """Nothing but a person, as in the many rows of those to whom nothing happened yet."""
        return not (self.days or self.word("step") or self.problems)

    def complain(self, to: str, template: str, **facts: str | int) -> None:
        self.problems.append(Problem(self.number, self.columns.get(to, ""), template, facts))


def guess_steps(headers: Sequence[str]) -> list[str]:
    """What each column of a list of steps probably stands for."""
    return guess(headers, STEP_WORDS, {})


def read_steps(row: Row, columns: Sequence[Column]) -> SaidSteps:
    """All steps that a row tells, earliest first."""
    said = SaidSteps(row.number)
    for column in columns:
        if column.to == LEAVE:
            continue
        said.columns[column.to] = column.header
        text = " ".join(row.values.get(column.header, "").split())
        if not text:
            continue
        problem = check_cell(row.number, column.header, text, longest=_LONGEST.get(column.to, 120))
        if problem:
            said.problems.append(problem)
            continue
        try:
            _take(said, column, text)
        except Refused as refused:
            said.problems.append(refused_cell(row.number, column.header, refused))
    if not said.problems:
        said.steps = tuple(sorted(_steps(said), key=lambda each: each.happened_on))
        _check_parts(said)
    return said


def to_step(text: str) -> tuple[str, str]:
    """A step from a word for it, and what it is called in detail if it is none of the usual ones."""
    step = _STEP_OF.get(fold(text))
    return (step, "") if step else ("other", text)


def _take(said: SaidSteps, column: Column, text: str) -> None:
    if column.to in ("happened_on", "due_on") or column.to.startswith(STEP):
        said.days[column.to] = to_date(text, day_first=column.day_first is not False)
    elif column.to == "round":
        match = _ROUND.fullmatch(text)
        if match is None:
            raise Refused("no_round", gettext_noop("“%(text)s” is not the number of a round."), text=text)
        said.round = int(match[1])
    else:
        said.words[column.to] = text


def _steps(said: SaidSteps) -> list[SaidStep]:
    found = [
        SaidStep(said.columns[to], to.removeprefix(STEP), day)
        for to, day in said.days.items()
        if to.startswith(STEP)
    ]
    if said.word("step") and "happened_on" in said.days:
        step, named = to_step(said.word("step"))
        found.append(SaidStep(said.columns["step"], step, said.days["happened_on"], named))
    if not found:
        return []
    last = max(range(len(found)), key=lambda place: found[place].happened_on)
    return [
        SaidStep(
            column=each.column,
            step=each.step,
            happened_on=each.happened_on,
            detail=each.detail or (said.word("detail") if len(found) == 1 else ""),
            reason=said.word("reason") if each.step in EXITS else "",
            due_on=said.days.get("due_on") if place == last else None,
        )
        for place, each in enumerate(found)
    ]


def _check_parts(said: SaidSteps) -> None:
    """A step needs its day, a day its step, a reason somebody who left."""
    if said.word("step") and "happened_on" not in said.days:
        said.complain("step", gettext_noop("There is a step but no day on which it happened."))
    if "happened_on" in said.days and not said.word("step"):
        said.complain("happened_on", gettext_noop("There is a day but no step that happened on it."))
    if said.word("reason") and not any(each.step in EXITS for each in said.steps) and not said.problems:
        sentence = gettext_noop("A reason belongs to somebody who declined, withdrew or was not eligible.")
        said.complain("reason", sentence)
