"""The steps of a list on its way in, as the tests of the rooms take them."""

from datetime import date, datetime

from apps.exports import actions
from apps.exports.engine.columns import Column, Columns
from apps.exports.models import Import
from apps.exports.queries.people import PeoplePlan, people_plan
from tests import make
from tests.exports.sheets import Cells, as_csv, xlsx

TODAY = date(2026, 3, 2)


def start(cast: make.Cast, cells: Cells, name: str = "people.xlsx") -> Import:
    content = as_csv(cells) if name.endswith(".csv") else xlsx(cells)
    return actions.start(
        study=cast.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name=name,
        content=content,
        by=cast.administrator,
    )


def say(started: Import, **changes: object) -> Import:
    """The columns as guessed, with some things said differently: `to` by heading, or fields of Columns."""
    said = Columns.from_json(started.mapping)
    to, day_first = changes.pop("to", {}), changes.pop("day_first", {})
    columns = [
        Column(each.header, to.get(each.header, each.to), day_first.get(each.header, each.day_first))  # type: ignore[attr-defined]
        for each in said.columns
    ]
    return actions.say_columns(started=started, columns=Columns(tuple(columns), **changes))  # type: ignore[arg-type]


def write(cast: make.Cast, started: Import, now: datetime) -> Import:
    return actions.write_people(started=started, by=cast.administrator, now=now)


def plan(started: Import) -> PeoplePlan:
    return people_plan(started, today=TODAY)
