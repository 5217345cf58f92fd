"""The tables of the paper as sheets for a file."""

from apps.exports.engine.writing import Sheet, Value
from apps.participants.queries.recruitment import Recruitment
from apps.participants.queries.tables import PaperTables

_STEPS = {
    "identified": "Identified",
    "approached": "Approached",
    "replied": "Replied",
    "booked": "Interview booked",
    "interviewed": "Interviewed",
}
_EXITS = {"declined": "Declined", "not_eligible": "Not eligible", "withdrew": "Withdrew"}


def table_sheets(tables: PaperTables, recruitment: Recruitment) -> list[Sheet]:
    """Table 1, Table 2, the interviews, and from contact to interview."""
    return [
        by_person_sheet(tables),
        summary_sheet(tables),
        interview_sheet(tables),
        funnel_sheet(recruitment),
    ]


def by_person_sheet(tables: PaperTables) -> Sheet:
    headings = [*(["Participant"] if tables.named else ["Group"]), *(each.name for each in tables.columns)]
    rows = [
        [row.pseudonym if tables.named else block.group.name, *row.cells]
        for block in tables.by_person
        for row, _ in block.rows
    ]
    return Sheet("Table 1. Participants", headings, rows, tables.footnotes)


def summary_sheet(tables: PaperTables) -> Sheet:
    headings = [
        "Characteristic",
        "Value",
        *(f"{group.name} (n={size}), n (%)" for group, size in zip(tables.groups, tables.sizes, strict=True)),
    ]
    rows: list[list[Value]] = [
        [
            block.name,
            line.label,
            *(f"{pair[0]} ({pair[1]} %)" if pair else "not collected" for pair in line.counts),
        ]
        for block in tables.summary
        for line in block.lines
    ]
    return Sheet("Table 2. Characteristics by group", headings, rows, tables.footnotes)


def interview_sheet(tables: PaperTables) -> Sheet:
    headings = ["Group", "Participants", "Interviews", "Mean", "Median", "Shortest", "Longest"]
    rows: list[list[Value]] = [
        [
            line.group or "All",
            line.people,
            line.interviews,
            *("" if each is None else each for each in (line.mean, line.median, line.shortest, line.longest)),
        ]
        for line in tables.interviews
    ]
    return Sheet("Interviews (minutes)", headings, rows)


def funnel_sheet(recruitment: Recruitment) -> Sheet:
    """Numbers of all groups together, then group by group; never by site."""
    branches = [("All", recruitment.all), *((each.name, each.funnel) for each in recruitment.by_group)]
    rows: list[list[Value]] = [
        [name, label, dict(funnel.steps)[step]] for name, funnel in branches for step, label in _STEPS.items()
    ]
    rows += [
        [name, f"{_EXITS[exit]}: {reason or 'no reason given'}", n]
        for name, funnel in branches
        for exit, reasons in funnel.leaving
        for reason, n in reasons
    ]
    return Sheet("From contact to interview", ["Group", "Step", "People"], rows)
