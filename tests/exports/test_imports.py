"""Files on their way in: read apart, kept until they are written, and no longer."""

from datetime import datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from apps.audit.models import AuditEvent
from apps.core.refusal import Refused
from apps.exports import actions
from apps.exports.actions.imports import AlreadyWritten
from apps.exports.engine.columns import Columns
from apps.exports.models import Import
from apps.participants.models import Characteristic, Participant
from tests import make
from tests.exports.sheets import PEOPLE, xlsx
from tests.exports.steps import plan, say, start, write

pytestmark = pytest.mark.django_db

TABLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "tables"


@pytest.fixture
def study(cast: make.Cast) -> make.Cast:
    """The cast's study with the group as a list of people writes it."""
    cast.group.name = "Hub clients"
    cast.group.save()
    return cast


def test_nothing_of_the_file_is_kept_once_it_is_written(study: make.Cast, now: datetime) -> None:
    done = write(study, start(study, PEOPLE), now)
    assert (done.table, bytes(done.content), done.created_count, done.changed_count) == ({}, b"", 3, 0)
    event = AuditEvent.objects.get(noun="import")
    assert event.detail == {"kind": "participants", "sha256": done.sha256, "created": 3, "changed": 0}
    with pytest.raises(AlreadyWritten):
        write(study, done, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Import.objects.filter(id=done.id).update(content=b"kept")


def test_another_sheet_or_row_of_headings_can_be_chosen(study: make.Cast, now: datetime) -> None:
    book = xlsx(
        [("Readme",), ("nothing",)],
        [("People of 2026", "", ""), ("ID", "Group", "Site"), ("1", "Hub clients", "Northmoor")],
    )
    started = actions.start(
        study=study.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name="book.xlsx",
        content=book,
        by=study.administrator,
    )
    started = actions.choose_sheet(started=started, sheet="Sheet2", header_row=2)
    assert [each.to for each in Columns.from_json(started.mapping).columns] == ["reference", "group", "site"]
    write(study, started, now)
    assert Participant.objects.count() == 1
    with pytest.raises(AlreadyWritten):
        actions.choose_sheet(started=started, sheet="Sheet2", header_row=2)


def test_a_file_that_cannot_be_read_leaves_nothing(study: make.Cast) -> None:
    wide = [[f"Column {number}" for number in range(201)], ["x"] * 201]
    for name, content, code in (
        ("empty.xlsx", b"", "empty"),
        ("blank.xlsx", xlsx([]), "empty_table"),
        ("heads.csv", b"ID,Group\n", "no_rows"),
        ("wide.xlsx", xlsx(wide), "too_large_a_table"),
        ("lies.xlsx", b"only text", "not_a_spreadsheet"),
    ):
        with pytest.raises(Refused) as refused:
            actions.start(
                study=study.study, kind=Import.Kind.PARTICIPANTS, file_name=name, content=content, by=study.pi
            )
        assert refused.value.code == code
    assert Import.objects.count() == 0


def test_beginning_anew_forgets_what_was_not_finished(study: make.Cast) -> None:
    first = start(study, PEOPLE)
    second = start(study, PEOPLE)
    assert list(Import.objects.all()) == [second]
    actions.leave(started=second)
    assert not Import.objects.filter(id__in=[first.id, second.id]).exists()


def test_the_messy_sample_tells_what_is_wrong_with_it(study: make.Cast, now: datetime) -> None:
    sample = TABLES / "synth_messy_participants.xlsx"
    if not sample.exists():
        pytest.skip("the shared samples are not beside this checkout")
    started = actions.start(
        study=study.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name=sample.name,
        content=sample.read_bytes(),
        by=study.administrator,
    )
    started = say(started, makes_places=True)
    assert [each.to for each in Columns.from_json(started.mapping).columns] == [
        "reference",
        "group",
        "site",
        "leave",
        "characteristic:new",
        "characteristic:new",
        "leave",
        "held_on",
    ]
    found = plan(started)
    assert [(row.number, row.status) for row in found.rows] == [
        (4, "new"),
        (5, "new"),
        (6, "new"),
        (9, "refused"),
    ]
    assert found.totals_left_out == (8,)
    assert found.new_groups == ("Hub client", "Stakeholder", "x")
    assert found.new_sites == ("A", "B")


@pytest.mark.parametrize("name", ["qualcoder_cases123.csv", "qualcoder_cases456.xlsx"])
def test_samples_of_other_tools_come_in(cast: make.Cast, now: datetime, name: str) -> None:
    sample = TABLES / name
    if not sample.exists():
        pytest.skip("the shared samples are not beside this checkout")
    started = actions.start(
        study=cast.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name=name,
        content=sample.read_bytes(),
        by=cast.administrator,
    )
    started = say(started, every_group=str(cast.group.id), every_site=str(cast.site.id))
    write(cast, started, now)
    assert Participant.objects.count() == 3
    assert sorted(Characteristic.objects.values_list("name", flat=True)) == ["Age", "gender"]
