"""A list of codes on its way in."""

from datetime import datetime
from pathlib import Path

import pytest

from apps.codebooks import actions as codebooks
from apps.codebooks import queries
from apps.codebooks.actions.codes import VersionInUse
from apps.codebooks.models import Codebook
from apps.exports import actions
from apps.exports.actions.imports import NothingToWrite, StillHasProblems
from apps.exports.engine.columns import Column, Columns
from apps.exports.models import Import
from apps.exports.queries.codes import codes_plan
from tests import make
from tests.exports.sheets import CODES, Cells, as_csv

pytestmark = pytest.mark.django_db

TABLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "tables"


def start(cast: make.Cast, cells: Cells) -> Import:
    return actions.start(
        study=cast.study,
        kind=Import.Kind.CODEBOOK,
        file_name="our codes.csv",
        content=as_csv(cells),
        by=cast.pi,
    )


def write(cast: make.Cast, started: Import, now: datetime) -> Import:
    return actions.write_codes(started=started, by=cast.pi, now=now)


def codes(cast: make.Cast) -> list[tuple[str, str, int]]:
    version = queries.current_version(cast.study)
    assert version is not None
    return [(node.label, node.name, node.hue) for node in queries.flat(queries.tree(version))]


def test_a_list_begins_the_codebook_whatever_the_order_of_its_rows(cast: make.Cast, now: datetime) -> None:
    started = start(cast, CODES)
    assert [(row.number, row.name, row.status) for row in codes_plan(started).rows] == [
        (2, "Workload", "new"),
        (3, "Doing", "new"),
        (4, "Context", "new"),
        (5, "Rota", "new"),
    ]
    assert Codebook.objects.count() == 0
    write(cast, started, now)
    assert Codebook.objects.get().name == "our codes"
    assert codes(cast) == [("a", "Doing", 1), ("a1", "Workload", 1), ("a1a", "Rota", 1), ("x1", "Context", 0)]
    version = queries.current_version(cast.study)
    assert version is not None
    workload = version.codes.get(name="Workload")
    assert (workload.definition, workload.include, workload.aliases) == (
        "How much there is to do.",
        "Numbers",
        ["load", "burden"],
    )


def test_the_same_list_twice_changes_nothing(cast: make.Cast, now: datetime) -> None:
    write(cast, start(cast, CODES), now)
    again = start(cast, CODES)
    assert [row.status for row in codes_plan(again).rows] == ["unchanged"] * 4
    with pytest.raises(NothingToWrite):
        write(cast, again, now)


def test_a_list_adds_to_a_draft_and_rewords_it(cast: make.Cast, now: datetime) -> None:
    write(cast, start(cast, CODES), now)
    more = start(
        cast,
        [
            ("Name", "Parent", "Label", "Definition"),
            ("workload", "a", "", "Sharper."),
            ("Breaks", "a1", "", ""),
            ("Overtime", "Breaks", "", ""),
            ("Outcome", "", "x7", ""),
        ],
    )
    assert [(row.name, row.status, row.changes) for row in codes_plan(more).rows] == [
        ("Workload", "changed", ("Definition",)),
        ("Breaks", "new", ()),
        ("Overtime", "new", ()),
        ("Outcome", "new", ()),
    ]
    done = write(cast, more, now)
    assert (done.created_count, done.changed_count) == (3, 1)
    assert codes(cast) == [
        ("a", "Doing", 1),
        ("a1", "Workload", 1),
        ("a1a", "Rota", 1),
        ("a1b", "Breaks", 1),
        ("a1b1", "Overtime", 1),
        ("x1", "Context", 0),
        ("x7", "Outcome", 0),
    ]


def test_labels_of_the_list_are_kept(cast: make.Cast, now: datetime) -> None:
    cells = [("Name", "Parent", "Label"), ("First", "", ""), ("Second", "", "a"), ("Third", "A", "1.2")]
    write(cast, start(cast, cells), now)
    assert codes(cast) == [("b", "First", 1), ("a", "Second", 2), ("1.2", "Third", 2)]


def test_each_problem_is_told_by_row_and_column(cast: make.Cast, now: datetime) -> None:
    started = start(
        cast,
        [
            ("Name", "Parent", "Label", "Definition"),
            ("Doing", "", "", ""),
            ("doing", "", "", ""),
            ("", "Doing", "", "Nameless."),
            ("Lost", "Nowhere", "", ""),
            ("Egg", "Hen", "", ""),
            ("Hen", "Egg", "", ""),
            ("Odd", "", "a b", ""),
            ("One", "", "q", ""),
            ("Two", "", "Q", ""),
            ("=1+A1", "", "", ""),
            ("Self", "Self", "", ""),
            ("x" * 121, "", "", ""),
        ],
    )
    assert [(each.row, each.column, each.sentence) for each in codes_plan(started).problems] == [
        (3, "Name", "The code “doing” is in row 2 already."),
        (4, "Name", "This code has no name."),
        (4, "Parent", "Several codes are called “Doing”: give them labels and write one here."),
        (5, "Parent", "There is no code “Nowhere”."),
        (6, "", "This code is above and under itself."),
        (7, "", "This code is above and under itself."),
        (8, "Label", "“a b” is not a label: use up to eight letters and digits, such as a1."),
        (10, "Label", "The label “q” is in row 9 already."),
        (12, "Parent", "There is no code “Self”."),
        (13, "Name", "This is longer than 120 characters."),
    ]
    with pytest.raises(StillHasProblems):
        write(cast, started, now)
    assert Codebook.objects.count() == 0


def test_a_version_in_use_takes_no_list(cast: make.Cast, now: datetime) -> None:
    write(cast, start(cast, CODES), now)
    started = start(cast, [("Name",), ("Late",)])
    version = queries.current_version(cast.study)
    assert version is not None
    codebooks.freeze(version=version, by=cast.pi, now=now)
    with pytest.raises(VersionInUse):
        write(cast, started, now)
    with pytest.raises(VersionInUse):
        start(cast, CODES)


@pytest.mark.parametrize("name", ["🙂 relief", "<script>alert(1)</script>", "+1", "@cmd"])
def test_hostile_names_are_only_names(cast: make.Cast, now: datetime, name: str) -> None:
    write(cast, start(cast, [("Name", "Definition"), (name, name)]), now)
    assert codes(cast) == [("a", name, 1)]


def test_the_plan_costs_the_same_for_one_and_three_rows(
    cast: make.Cast, now: datetime, django_assert_num_queries: object
) -> None:
    write(cast, start(cast, CODES), now)
    for count in (1, 3):
        started = Import.objects.select_related("study").get(id=start(cast, CODES[: count + 1]).id)
        with django_assert_num_queries(2):  # type: ignore[operator]
            codes_plan(started)


def test_the_code_list_of_another_tool_comes_in(cast: make.Cast, now: datetime) -> None:
    sample = TABLES / "qualcoder_plain_codes_categories_for_import.txt"
    if not sample.exists():
        pytest.skip("the shared samples are not beside this checkout")
    started = actions.start(
        study=cast.study,
        kind=Import.Kind.CODEBOOK,
        file_name=sample.name,
        content=sample.read_bytes(),
        by=cast.pi,
    )
    headers = [each.header for each in Columns.from_json(started.mapping).columns]
    columns = Columns((Column(headers[0], "name"), Column(headers[1], "definition")))
    write(cast, actions.say_columns(started=started, columns=columns), now)
    assert [name for _, name, _ in codes(cast)] == [
        "cat1>>code2",
        "cat1>>code3",
        "cat3>>cat2>>code4",
        "cat3>>code5",
        "code6",
    ]
