"""A list of recruitment steps on its way in: tried first, then written as a whole or not at all."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.exports import actions
from apps.exports.actions.imports import CannotBeUndone, NothingToWrite, StillHasProblems
from apps.exports.engine.columns import Columns
from apps.exports.models import Import
from apps.exports.queries.steps import StepsPlan, steps_plan
from apps.participants.actions import Happened, add_route, record_step, remove_step
from apps.participants.models import Participant, RecruitmentEvent
from tests import make
from tests.exports.sheets import Cells, as_csv

pytestmark = pytest.mark.django_db
HEADER = ("ID", "Step", "Date", "Reason", "Route", "Due")
WIDE = ("Pseudonym", "Approached", "Replied on", "Declined", "Date booked", "Reason declined", "Via")


@pytest.fixture
def people(cast: make.Cast, now: datetime) -> list[Participant]:
    """Three people of the group at the cast's site, and a route."""
    add_route(study=cast.study, name="E-mail", by=cast.pi, now=now)
    found = [make.participant(cast.study, group=cast.group, site=cast.site) for _ in range(3)]
    for each in found:
        each.reference = f"P-{each.number}"
        each.save()
    return found


def start(cast: make.Cast, cells: Cells, by: User | None = None) -> Import:
    return actions.start(
        study=cast.study,
        kind=Import.Kind.STEPS,
        file_name="steps.csv",
        content=as_csv(cells),
        by=by or cast.administrator,
    )


def plan(started: Import) -> StepsPlan:
    return steps_plan(started, now=make.NOW)


def write(cast: make.Cast, started: Import) -> Import:
    return actions.write_steps(started=started, by=cast.administrator, now=make.NOW)


def stored() -> list[tuple[Any, ...]]:
    rows = RecruitmentEvent.objects.order_by("participant__number", "happened_on")
    return list(
        rows.values_list("participant__number", "step", "happened_on", "reason", "route__name", "due_on")
    )


def test_a_row_for_each_step(cast: make.Cast, people: list[Participant]) -> None:
    started = start(
        cast,
        [
            HEADER,
            ("P-1", "Invited", "2026-01-05", "", "e-mail", "2026-01-19"),
            ("P-1", "refused", "13/01/2026", "No time", "", ""),
            ("P-2", "Screening call", "2026-01-06", "", "", ""),
        ],
    )
    assert [(row.status, row.changes) for row in plan(started).rows] == [
        ("new", ("Approached",)),
        ("new", ("Declined",)),
        ("new", ("Another step",)),
    ]
    assert stored() == []
    done = write(cast, started)
    assert (done.created_count, done.table, bytes(done.content)) == (3, {}, b"")
    assert stored() == [
        (1, "approached", date(2026, 1, 5), "", "E-mail", date(2026, 1, 19)),
        (1, "declined", date(2026, 1, 13), "No time", None, None),
        (2, "other", date(2026, 1, 6), "", None, None),
    ]
    assert RecruitmentEvent.objects.get(step="other").detail == "Screening call"


def test_a_column_for_each_step(cast: make.Cast, people: list[Participant]) -> None:
    name = people[0].pseudonym
    started = start(
        cast,
        [
            WIDE,
            (name, "2026-01-05", "2026-01-07", "", "2026-01-20", "", "E-mail"),
            (people[1].pseudonym.upper(), "2026-01-05", "", "2026-01-08", "", "On leave", "E-mail"),
            (people[2].pseudonym, "", "", "", "", "", ""),
        ],
    )
    assert [each.to for each in Columns.from_json(started.mapping).columns] == [
        "pseudonym", "step:approached", "step:replied", "step:declined", "step:booked", "reason", "route",
    ]  # fmt: skip
    write(cast, started)
    assert stored() == [
        (1, "approached", date(2026, 1, 5), "", "E-mail", None),
        (1, "replied", date(2026, 1, 7), "", "E-mail", None),
        (1, "booked", date(2026, 1, 20), "", "E-mail", None),
        (2, "approached", date(2026, 1, 5), "", "E-mail", None),
        (2, "declined", date(2026, 1, 8), "On leave", "E-mail", None),
    ]


def test_the_same_list_twice_changes_nothing_and_a_longer_one_adds_what_is_new(
    cast: make.Cast, people: list[Participant]
) -> None:
    row = ["P-1", "approached", "2026-01-05", "", "E-mail", ""]
    write(cast, start(cast, [HEADER, row]))
    again = start(cast, [HEADER, row])
    assert [each.status for each in plan(again).rows] == ["unchanged"]
    with pytest.raises(NothingToWrite):
        write(cast, again)
    longer = start(cast, [HEADER, row, ["P-1", "booked", "2026-01-09", "", "", ""]])
    assert [each.status for each in plan(longer).rows] == ["unchanged", "new"]
    assert write(cast, longer).created_count == 1


def test_each_problem_is_told_by_row_and_column_and_keeps_all_out(
    cast: make.Cast, people: list[Participant]
) -> None:
    booked = Happened(step="booked", happened_on=date(2026, 1, 3))
    declined = Happened(step="declined", happened_on=date(2026, 1, 4), reason="Ill")
    for happened in (booked, declined):
        record_step(participant=people[2], happened=happened, by=cast.pi, now=make.NOW)
    started = start(
        cast,
        [
            (*HEADER, "Round"),
            ("P-1", "approached", "2026-01-05", "", "", "", ""),
            ("P-9", "approached", "2026-01-05", "", "", "", ""),
            ("", "approached", "2026-01-05", "", "", "", ""),
            ("P-2", "approached", "2026-02-30", "", "", "", ""),
            ("P-2", "approached", "2026-03-03", "", "", "", ""),
            ("P-2", "approached", "", "", "", "", ""),
            ("P-2", "", "2026-01-05", "", "", "", ""),
            ("P-2", "replied", "2026-01-06", "No time", "", "", ""),
            ("P-2", "replied", "2026-01-06", "", "Pigeon", "", ""),
            ("P-2", "booked", "2026-01-07", "", "", "2026-01-01", "7"),
            ("P-1", "invited", "2026-01-05", "", "", "", ""),
            ("P-3", "declined", "2026-01-04", "No time", "", "", ""),
            ("P-3", "=A1", "2026-01-04", "", "", "", ""),
        ],
    )
    assert [(each.row, each.column, each.sentence) for each in plan(started).problems] == [
        (3, "ID", "Nobody on your list has the reference “P-9”."),
        (4, "ID", "This row does not say whose step it is."),
        (5, "Date", "There is no such day as “2026-02-30”."),
        (6, "Step", "“approached” cannot have happened on 2026-03-03, which is still to come."),
        (7, "Step", "There is a step but no day on which it happened."),
        (8, "Date", "There is a day but no step that happened on it."),
        (9, "Reason", "A reason belongs to somebody who declined, withdrew or was not eligible."),
        (10, "Route", "The study has no contact route “Pigeon”."),
        (11, "Round", "The study has no recruitment round 7."),
        (12, "Step", "This step is in row 2 already."),
        (
            13,
            "Step",
            "This step is on record with another route, reason, round, detail or due day: "
            "remove it there before it comes in otherwise.",
        ),
        (14, "Step", "This is a formula; save the sheet so that the cell holds its result."),
    ]
    with pytest.raises(StillHasProblems):
        write(cast, started)
    assert RecruitmentEvent.objects.count() == 2


def test_a_list_is_taken_back_as_a_whole_and_only_once(cast: make.Cast, people: list[Participant]) -> None:
    by_hand = Happened(step="approached", happened_on=date(2026, 1, 2))
    record_step(participant=people[0], happened=by_hand, by=cast.pi, now=make.NOW)
    rows = [(f"P-{number}", "replied", "2026-01-05", "", "", "") for number in (1, 2, 3)]
    done = write(cast, start(cast, [HEADER, *rows]))
    gone = RecruitmentEvent.objects.get(participant=people[2], step="replied")
    remove_step(event=gone, by=cast.pi, now=make.NOW)
    undone = actions.undo(written=done, by=cast.administrator, now=make.NOW)
    assert [row[:2] for row in stored()] == [(1, "approached")]
    assert (undone.undone_by, undone.before) == (cast.administrator, {})
    event = AuditEvent.objects.get(noun="recruitment steps import")
    assert (event.verb, event.detail) == ("undone", {"removed": 2})
    with pytest.raises(CannotBeUndone):
        actions.undo(written=done, by=cast.administrator, now=make.NOW)


def test_a_recruiter_brings_in_steps_of_their_own_site_only(
    cast: make.Cast, people: list[Participant]
) -> None:
    far = make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    far.reference = "P-77"
    far.save()
    rows = [(name, "replied", "2026-01-05", "", "", "") for name in ("P-1", "P-77")]
    assert [row.status for row in plan(start(cast, [HEADER, *rows])).rows] == ["new", "new"]
    found = plan(start(cast, [HEADER, *rows], by=cast.recruiter))
    assert [(row.status, [each.sentence for each in row.problems]) for row in found.rows] == [
        ("new", []),
        ("refused", ["Nobody on your list has the reference “P-77”."]),
    ]


def test_the_plan_costs_the_same_for_one_and_three_rows(
    cast: make.Cast, people: list[Participant], django_assert_num_queries: Callable[[int], object]
) -> None:
    for count in (1, 3):
        rows = [(f"P-{number + 1}", "replied", "2026-01-05", "", "", "") for number in range(count)]
        started = Import.objects.select_related("study").get(id=start(cast, [HEADER, *rows]).id)
        with django_assert_num_queries(5):  # type: ignore[attr-defined]
            plan(started)
