"""A list of people on its way in: tried first, then written as a whole or not at all."""

from collections.abc import Callable
from datetime import date, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from apps.exports import actions
from apps.exports.actions.imports import NothingToWrite, StillHasProblems, stem_of
from apps.exports.engine.columns import Column, Columns
from apps.exports.models import Import
from apps.participants.actions import add, define_characteristic
from apps.participants.models import Characteristic, CharacteristicValue, Interview, Participant
from apps.studies.permissions import Role
from tests import make
from tests.exports.sheets import PEOPLE, as_csv
from tests.exports.steps import plan, say, start, write

pytestmark = pytest.mark.django_db

NOBODY = "Nobody is called “Hub client 99”; Concord gives the pseudonyms, so leave it empty for new people."


@pytest.fixture
def study(cast: make.Cast) -> make.Cast:
    """The cast's study with the group as a list of people writes it."""
    cast.group.name = "Hub clients"
    cast.group.save()
    return cast


def problems(started: Import) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.sentence) for each in plan(started).problems]


@pytest.mark.parametrize("name", ["people.xlsx", "people.csv"])
def test_a_list_comes_in_with_everything_that_was_said_of_it(
    study: make.Cast, now: datetime, name: str
) -> None:
    started = start(study, PEOPLE, name)
    assert [row.status for row in plan(started).rows] == ["new", "new", "new"]
    assert plan(started).new_characteristics == ("Gender", "Ethnicity")
    assert Participant.objects.count() == 0
    write(study, started, now)
    people = Participant.objects.order_by("number")
    assert [(each.pseudonym, each.reference, each.site) for each in people] == [
        ("Hub client 01", "P-01", study.site),
        ("Hub client 02", "P-02", study.site),
        ("Hub client 03", "P-03", study.site),
    ]
    values = CharacteristicValue.objects.order_by("participant__number", "characteristic__name")
    assert [
        (each.participant.reference, each.characteristic.name, each.state, each.value) for each in values
    ] == [
        ("P-01", "Ethnicity", "given", "White British"),
        ("P-01", "Gender", "given", "Woman"),
        ("P-02", "Ethnicity", "prefer_not", ""),
        ("P-02", "Gender", "not_collected", ""),
        ("P-03", "Ethnicity", "unknown", ""),
    ]
    interviews = Interview.objects.order_by("held_on")
    assert [
        (each.held_on, each.mode, each.minutes, each.interviewer, each.interviewer_name, each.status)
        for each in interviews
    ] == [
        (date(2026, 2, 10), "video", 61, study.ruth, "", "held"),
        (date(2026, 2, 13), "telephone", 75, None, "Ali", "held"),
    ]


def test_names_do_not_come_in_unless_somebody_says_so(study: make.Cast, now: datetime) -> None:
    started = start(study, PEOPLE)
    assert Columns.from_json(started.mapping).columns[3] == Column("Name", "leave")
    write(study, started, now)
    assert sorted(Characteristic.objects.values_list("name", flat=True)) == ["Ethnicity", "Gender"]


def test_the_same_list_twice_changes_nothing(study: make.Cast, now: datetime) -> None:
    write(study, start(study, PEOPLE), now)
    before = list(Participant.objects.values_list()), list(CharacteristicValue.objects.values_list("value"))
    again = start(study, PEOPLE)
    assert [row.status for row in plan(again).rows] == ["unchanged"] * 3
    with pytest.raises(NothingToWrite):
        write(study, again, now)
    assert (
        list(Participant.objects.values_list()),
        list(CharacteristicValue.objects.values_list("value")),
    ) == before
    assert Interview.objects.count() == 2


def test_a_corrected_list_changes_what_it_corrects(study: make.Cast, now: datetime) -> None:
    write(study, start(study, PEOPLE), now)
    make.site(study.study, "Eastgate")
    header, first, second, third = (list(row) for row in PEOPLE)
    first[2], first[8] = "Eastgate", 62
    third[4], third[6] = "Man", "2026-02-20"
    fourth = ["P-04", "Hub clients", "Eastgate", *[""] * 7]
    again = start(study, [header, first, second, third, fourth])
    assert [(row.status, row.changes) for row in plan(again).rows] == [
        ("changed", ("Site", "interview")),
        ("unchanged", ()),
        ("changed", ("Gender", "interview")),
        ("new", ()),
    ]
    done = write(study, again, now)
    assert (done.created_count, done.changed_count) == (1, 2)
    corrected = Participant.objects.get(reference="P-01")
    assert (corrected.pseudonym, corrected.site.name) == ("Hub client 01", "Eastgate")
    assert corrected.interviews.get().minutes == 62
    assert Participant.objects.get(reference="P-04").pseudonym == "Hub client 04"


def test_an_empty_cell_takes_nothing_away(study: make.Cast, now: datetime) -> None:
    write(study, start(study, PEOPLE), now)
    again = start(study, [PEOPLE[0], ("P-01", *[""] * 9), ("P-02", *[""] * 9)])
    assert [row.status for row in plan(again).rows] == ["unchanged", "unchanged"]


@pytest.mark.django_db(transaction=True)
def test_the_same_list_written_twice_at_once_comes_in_once(study: make.Cast, now: datetime) -> None:
    pi = make.member(study.study, Role.PI)
    lists = [
        actions.start(
            study=study.study, kind=Import.Kind.PARTICIPANTS, file_name="a.csv", content=as_csv(PEOPLE), by=by
        )
        for by in (study.administrator, pi)
    ]
    begin, refused = Barrier(2), []

    def write_one(started: Import) -> None:
        try:
            begin.wait(timeout=20)
            actions.write_people(started=started, by=pi, now=now)
        except NothingToWrite:
            refused.append(started)
        finally:
            connection.close()

    threads = [Thread(target=write_one, args=[started]) for started in lists]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert (Participant.objects.count(), Interview.objects.count(), len(refused)) == (3, 2, 1)


def test_one_bad_row_keeps_the_whole_list_out(study: make.Cast, now: datetime) -> None:
    bad = ("P-09", "Hub clients", "Northmoor", "", "", "", "31/02/2026", "", "", "")
    started = start(study, [*PEOPLE, bad])
    assert problems(started) == [(5, "Interview date", "There is no such day as “31/02/2026”.")]
    with pytest.raises(StillHasProblems) as refused:
        write(study, started, now)
    assert refused.value.facts == {"count": 1}
    assert (Participant.objects.count(), Characteristic.objects.count(), Interview.objects.count()) == (
        0,
        0,
        0,
    )
    study.group.refresh_from_db()
    assert study.group.numbers_minted == 0


def test_each_problem_is_told_by_row_and_column(study: make.Cast, now: datetime) -> None:
    add(
        study=study.study,
        group=make.group(study.study, "Staff"),
        site=study.site,
        reference="P-20",
        by=study.pi,
        now=now,
    )
    started = start(
        study,
        [
            ("ID", "Group", "Site", "Pseudonym", "Date", "Minutes", "Mode"),
            ("P-01", "Nobody's", "Northmoor", "", "", "", ""),
            ("P-02", "Hub clients", "Atlantis", "", "", "", ""),
            ("P-03", "", "Northmoor", "", "", "", ""),
            ("", "Hub clients", "Northmoor", "", "", "", ""),
            ("P-04", "Hub clients", "Northmoor", "", "2026-02-30", "", ""),
            ("P-05", "Hub clients", "Northmoor", "", "", "45", ""),
            ("P-06", "Hub clients", "Northmoor", "", "2026-04-01", "45", ""),
            ("P-07", "Hub clients", "Northmoor", "", "2026-02-01", "long", "pigeon"),
            ("P-07", "Hub clients", "Northmoor", "", "2026-02-01", "60", "video"),
            ("P-08", "Hub clients", "Northmoor", "Hub client 99", "", "", ""),
            ("P-20", "Hub clients", "Northmoor", "", "", "", ""),
            ("=SUM(A1:A3)", "Hub clients", "Northmoor", "", "", "", ""),
        ],
        "people.csv",
    )
    assert problems(started) == [
        (2, "Group", "The study has no group “Nobody's”."),
        (3, "Site", "The study has no site “Atlantis”."),
        (4, "Group", "A new person needs a group."),
        (5, "ID", "This row has no reference, so nobody could find the person again."),
        (6, "Date", "There is no such day as “2026-02-30”."),
        (7, "Minutes", "There is a duration but no date of the interview."),
        (8, "Minutes", "The interview is still to come, so it has no duration yet."),
        (9, "Minutes", "“long” is not a duration in minutes from 1 to 600."),
        (9, "Mode", "“pigeon” is not a way to interview: write video, telephone or in person."),
        (10, "ID", "This person is in row 9 already."),
        (11, "Pseudonym", NOBODY),
        (12, "Group", "Staff 01 belongs to another group; the group of a person cannot change."),
        (13, "ID", "This is a formula; save the sheet so that the cell holds its result."),
    ]


def test_the_last_of_two_hundred_columns_is_told_by_its_heading(study: make.Cast, now: datetime) -> None:
    define_characteristic(study=study.study, name="Born", kind="date", by=study.pi, now=now)
    filler = [f"Column {number}" for number in range(196)]
    header = ["ID", "Group", "Site", *filler, "Born"]
    rows = [
        [f"P-{number}", "Hub clients", "Northmoor", *[""] * 196, text]
        for number, text in enumerate(("1980-02-30", "1899-13-01", "#N/A", "=TODAY()", "x" * 301))
    ]
    started = start(study, [header, *rows], "wide.csv")
    assert problems(started) == [
        (2, "Born", "There is no such day as “1980-02-30”."),
        (3, "Born", "There is no such day as “1899-13-01”."),
        (4, "Born", "The spreadsheet shows the error #N/A here."),
        (5, "Born", "This is a formula; save the sheet so that the cell holds its result."),
        (6, "Born", "This is longer than 300 characters."),
    ]
    with pytest.raises(StillHasProblems):
        write(study, started, now)
    assert (Participant.objects.count(), CharacteristicValue.objects.count()) == (0, 0)


def test_groups_and_sites_that_do_not_exist_are_made_where_that_was_ticked(
    cast: make.Cast, now: datetime
) -> None:
    started = say(
        start(
            cast,
            [
                ("ID", "Group", "Site"),
                ("1", "Wider stakeholders", "Eastgate"),
                ("2", "wider Stakeholders", "Eastgate"),
            ],
        ),
        makes_places=True,
    )
    found = plan(started)
    assert (found.new_groups, found.new_sites) == (("Wider stakeholders",), ("Eastgate",))
    write(cast, started, now)
    assert sorted(Participant.objects.values_list("pseudonym", "site__name")) == [
        ("Wider stakeholder 01", "Eastgate"),
        ("Wider stakeholder 02", "Eastgate"),
    ]


@pytest.mark.parametrize(
    ("name", "stem"), [("Hub clients", "Hub client"), ("Hub staff", "Hub staff"), ("Boss", "Boss")]
)
def test_pseudonyms_of_a_new_group_begin_with_its_name(name: str, stem: str) -> None:
    assert stem_of(name) == stem


def test_one_group_and_site_can_hold_for_all_rows(study: make.Cast, now: datetime) -> None:
    started = say(
        start(study, [("ID", "Gender"), ("1", "Woman"), ("2", "Man")]),
        every_group=str(study.group.id),
        every_site=str(study.site.id),
    )
    write(study, started, now)
    assert list(Participant.objects.values_list("pseudonym", flat=True)) == ["Hub client 01", "Hub client 02"]


def test_the_order_of_day_and_month_is_what_was_said(study: make.Cast, now: datetime) -> None:
    cells = [("ID", "Group", "Site", "Interview date"), ("1", "Hub clients", "Northmoor", "3/2/2026")]
    for day_first, day in ((True, date(2026, 2, 3)), (False, date(2026, 3, 2))):
        started = say(start(study, cells), day_first={"Interview date": day_first})
        listed = plan(started).rows[0].person
        assert listed is not None
        assert listed.interview is not None
        assert listed.interview.held_on == day


def test_people_can_be_found_by_the_pseudonym_that_they_have(study: make.Cast, now: datetime) -> None:
    add(study=study.study, group=study.group, site=study.site, by=study.pi, now=now)
    cells = [("Pseudonym", "Reference", "Gender"), ("hub client 01", "P-77", "Woman")]
    started = start(study, cells)
    assert [(row.status, row.changes) for row in plan(started).rows] == [
        ("changed", ("Reference", "new characteristic"))
    ]
    write(study, started, now)
    assert Participant.objects.get().reference == "P-77"


def test_values_must_fit_a_characteristic_that_exists(study: make.Cast, now: datetime) -> None:
    define_characteristic(
        study=study.study, name="Gender", kind="choice", choices=["Woman", "Man"], by=study.pi, now=now
    )
    cells = [
        ("ID", "Group", "Site", "Gender"),
        ("1", "Hub clients", "Northmoor", "woman"),
        ("2", "Hub clients", "Northmoor", "Martian"),
    ]
    started = start(study, cells)
    assert problems(started) == [(3, "Gender", "“Martian” is not one of: Woman, Man.")]
    write(study, start(study, cells[:2]), now)
    assert CharacteristicValue.objects.get().value == "Woman"


@pytest.mark.parametrize(
    "text",
    [
        "🙂 relief",
        "<script>alert(1)</script>",
        "+44 20 7946",
        "@cmd",
        "-1",
        "'; DROP TABLE people; --",
        "%s %(x)s",
    ],
)
def test_hostile_texts_are_only_text(study: make.Cast, now: datetime, text: str) -> None:
    cells = [("ID", "Group", "Site", "Occupation"), (text, "Hub clients", "Northmoor", text)]
    write(study, start(study, cells), now)
    person = Participant.objects.get()
    assert (person.reference, person.values.get().value) == (text, text)
    assert [row.status for row in plan(start(study, cells)).rows] == ["unchanged"]


def test_three_hundred_people_take_as_many_queries_as_three(
    study: make.Cast, now: datetime, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    header = PEOPLE[0]
    rows = [(f"P-{number}", *PEOPLE[1][1:]) for number in range(300)]
    started = start(study, [header, *rows])
    with django_assert_max_num_queries(45):  # type: ignore[attr-defined]
        write(study, started, now)
    assert Participant.objects.count() == 300
    assert Participant.objects.get(reference="P-299").pseudonym == "Hub client 300"


def test_the_plan_costs_the_same_for_one_and_three_rows(
    study: make.Cast, now: datetime, django_assert_num_queries: Callable[[int], object]
) -> None:
    write(study, start(study, PEOPLE), now)
    for count in (1, 3):
        started = Import.objects.select_related("study").get(id=start(study, PEOPLE[: count + 1]).id)
        with django_assert_num_queries(7):  # type: ignore[attr-defined]
            plan(started)
