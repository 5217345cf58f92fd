from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from apps.codebooks import queries
from apps.exports.engine.columns import Columns
from apps.exports.models import Import
from apps.participants.models import Characteristic, Participant
from tests import make
from tests.exports.sheets import CODES, PEOPLE, Cells, as_csv, xlsx
from tests.web.asking import at, is_clean, queries_of, said

HOSTILE = "<script>alert(1)</script> 🙂"


@pytest.fixture
def administrator(client: Client, cast: make.Cast) -> Client:
    cast.group.name = "Hub clients"
    cast.group.save()
    client.force_login(cast.administrator)
    return client


def upload(
    client: Client, cast: make.Cast, content: bytes, name: str = "people.csv", kind: str = "people"
) -> Any:
    return client.post(at(f"{kind}_import", cast), {"file": SimpleUploadedFile(name, content)})


def answers(page: HttpResponse, **changes: str) -> dict[str, str]:
    """What the columns form would send as it stands, with some answers changed."""
    form = page.context["form"]
    given = {field.name: field.value() for field in form if field.value() not in (None, False)}
    return given | changes


def begun(client: Client, cast: make.Cast, cells: Cells = PEOPLE) -> Import:
    upload(client, cast, as_csv(cells))
    return Import.objects.get(done_at=None)


def test_a_list_goes_from_the_file_to_the_people_in_four_steps(
    administrator: Client, cast: make.Cast
) -> None:
    assert administrator.get(at("people_import", cast)).status_code == 200
    answer = upload(administrator, cast, xlsx(PEOPLE), "people.xlsx")
    started = Import.objects.get()
    assert answer.headers["Location"] == at("people_columns", cast, started.id)
    page = administrator.get(answer.headers["Location"])
    assert page.context["form"].rows[0][:2] == ("Participant ID", ["P-01", "P-02", "P-03"])
    answer = administrator.post(at("people_columns", cast, started.id), answers(page))
    assert answer.headers["Location"] == at("people_check", cast, started.id)
    page = administrator.get(answer.headers["Location"])
    assert [page.context[name] for name in ("new", "changed", "unchanged", "refused")] == [3, 0, 0, 0]
    assert Participant.objects.count() == 0
    answer = administrator.post(at("people_write", cast, started.id))
    assert (answer.headers["Location"], said(answer)) == (
        at("participants", cast),
        ["3 rows were added, 0 were changed."],
    )
    assert Participant.objects.count() == 3


def test_a_list_with_a_problem_is_not_written(administrator: Client, cast: make.Cast) -> None:
    bad = ("P-09", "Hub clients", "Atlantis", "", HOSTILE, "", "31/02/2026", "", "", "")
    started = begun(administrator, cast, [*PEOPLE, bad])
    page = administrator.get(at("people_check", cast, started.id))
    assert [(each.row, each.column, words) for each, words in page.context["problems"]] == [
        (5, "Interview date", "There is no such day as “31/02/2026”."),
        (5, "Site", "The study has no site “Atlantis”."),
    ]
    assert page.content.decode().count(at("people_write", cast, started.id)) == 0
    answer = administrator.post(at("people_write", cast, started.id))
    assert said(answer) == ["2 problems stand in the way; nothing was written."]
    assert (Participant.objects.count(), Characteristic.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "This file is empty."),
        ("void.xlsx", xlsx([]), "void.xlsx holds no rows."),
        ("heads.csv", b"ID,Group\n", "heads.csv has column headings but no rows under them."),
        (
            "list.pdf",
            b"%PDF-1.7",
            "list.pdf is not a kind of file that can be read here: use .xlsx, .xls, .ods, .csv.",
        ),
        ("half.xlsx", xlsx(PEOPLE)[:900], "half.xlsx is not a complete spreadsheet file: it ends too early."),
        (
            "quote.csv",
            b'ID,Group\n1,"open',
            "quote.csv has a quotation mark that is opened and never closed.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_comes_back_with_one_sentence(
    administrator: Client, cast: make.Cast, name: str, content: bytes, sentence: str
) -> None:
    answer = upload(administrator, cast, content, name)
    assert (answer.status_code, answer.context["form"].errors) == (422, {"file": [sentence]})
    assert Import.objects.count() == 0


def test_a_file_above_the_limit_is_refused_while_it_arrives(
    administrator: Client, cast: make.Cast, settings: Any
) -> None:
    settings.UPLOAD_LIMIT = 2 * 1024 * 1024
    answer = upload(administrator, cast, b"ID\n" + b"1\n" * 2 * 1024 * 1024, "long.csv")
    assert answer.status_code == 422
    sentence = "long.csv is larger than 2 MB, the most that can be taken."
    assert answer.context["form"].errors == {"file": [sentence]}


def test_a_form_without_a_file_comes_back(administrator: Client, cast: make.Cast) -> None:
    answer = administrator.post(at("people_import", cast), {"other": "1"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])


def test_the_columns_must_name_the_reference_and_each_meaning_once(
    administrator: Client, cast: make.Cast
) -> None:
    started = begun(administrator, cast)
    address = at("people_columns", cast, started.id)
    page = administrator.get(address)
    without = administrator.post(address, answers(page, **{"to-0": "leave"}))
    assert (without.status_code, list(without.context["form"].errors)) == (422, ["__all__"])
    twice = administrator.post(address, answers(page, **{"to-3": "site"}))
    assert (twice.status_code, list(twice.context["form"].errors)) == (422, ["to-3"])
    unknown = administrator.post(address, answers(page, **{"to-3": "characteristic:other"}))
    assert (unknown.status_code, list(unknown.context["form"].errors)) == (422, ["to-3"])


def test_the_order_of_day_and_month_is_asked_where_it_is_open(administrator: Client, cast: make.Cast) -> None:
    cells = [
        ("ID", "Group", "Site", "Interview date", "Other"),
        ("1", "Hub clients", "Northmoor", "3/2/2026", "4/5/2026"),
    ]
    started = begun(administrator, cast, cells)
    address = at("people_columns", cast, started.id)
    page = administrator.get(address)
    open_ones = [header for header, _, _, order in page.context["form"].rows if order]
    assert open_ones == ["Interview date", "Other"]
    answer = administrator.post(address, answers(page))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["order-3"])
    administrator.post(address, answers(page, **{"order-3": "month_first"}))
    started.refresh_from_db()
    assert [each.day_first for each in Columns.from_json(started.mapping).columns] == [
        None,
        None,
        None,
        False,
        None,
    ]


def test_hostile_headings_and_cells_are_only_text(administrator: Client, cast: make.Cast) -> None:
    started = begun(
        administrator,
        cast,
        [("ID", "Group", "Site", HOSTILE), (HOSTILE, "Hub clients", "Northmoor", HOSTILE)],
    )
    address = at("people_columns", cast, started.id)
    page = administrator.get(address)
    administrator.post(address, answers(page, **{"to-3": "characteristic:new"}))
    check = administrator.get(at("people_check", cast, started.id))
    administrator.post(at("people_write", cast, started.id))
    pages = [page, check, administrator.get(at("participants", cast))]
    assert [each.content.decode().count("<script>alert(1)") for each in pages] == [0, 0, 0]
    assert Characteristic.objects.get().name == HOSTILE


def test_another_sheet_is_read_without_sending_the_file_again(administrator: Client, cast: make.Cast) -> None:
    book = xlsx([("Read me", ""), ("first", "")], [("", ""), ("ID", "Group"), ("1", "Hub clients")])
    upload(administrator, cast, book, "book.xlsx")
    started = Import.objects.get()
    address = at("people_sheet", cast, started.id)
    administrator.post(address, {"sheet": "Sheet2", "header_row": "1"})
    started.refresh_from_db()
    assert (started.table["sheet"], started.table["headers"]) == ("Sheet2", ["ID", "Group"])
    wrong = administrator.post(address, {"sheet": "Sheet2", "header_row": "40"})
    assert (wrong.status_code, list(wrong.context["sheet_form"].errors)) == (422, ["__all__"])
    nowhere = administrator.post(address, {"sheet": "Sheet9", "header_row": "1"})
    assert (nowhere.status_code, list(nowhere.context["sheet_form"].errors)) == (422, ["sheet"])


def test_nobody_else_goes_on_with_a_list_that_one_has_begun(
    administrator: Client, client: Client, cast: make.Cast
) -> None:
    started = begun(administrator, cast)
    client.force_login(cast.pi)
    steps = ("columns", "check")
    assert [client.get(at(f"people_{step}", cast, started.id)).status_code for step in steps] == [404, 404]
    steps = ("sheet", "write", "leave")
    assert [client.post(at(f"people_{step}", cast, started.id)).status_code for step in steps] == [404] * 3
    assert client.get(at("codebook_check", cast, started.id)).status_code == 404


def test_a_list_that_was_written_or_left_is_gone(administrator: Client, cast: make.Cast) -> None:
    started = begun(administrator, cast)
    administrator.post(at("people_write", cast, started.id))
    assert administrator.get(at("people_check", cast, started.id)).status_code == 404
    again = begun(administrator, cast)
    administrator.post(at("people_leave", cast, again.id))
    assert not Import.objects.filter(id=again.id).exists()


def test_a_list_of_codes_begins_the_codebook(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    upload(client, cast, as_csv(CODES), "codes.csv", kind="codebook")
    started = Import.objects.get()
    page = client.get(at("codebook_columns", cast, started.id))
    nameless = client.post(at("codebook_columns", cast, started.id), answers(page, name=""))
    assert (nameless.status_code, list(nameless.context["form"].errors)) == (422, ["name"])
    client.post(at("codebook_columns", cast, started.id), answers(page, name="Our codes"))
    check = client.get(at("codebook_check", cast, started.id))
    assert [check.context[name] for name in ("new", "changed", "unchanged", "refused")] == [4, 0, 0, 0]
    answer = client.post(at("codebook_write", cast, started.id))
    assert answer.headers["Location"] == at("codebook", cast)
    version = queries.current_version(cast.study)
    assert version is not None
    assert (version.codebook.name, version.codes.count()) == ("Our codes", 4)


def test_a_codebook_in_use_takes_no_list(client: Client, cast: make.Cast) -> None:
    make.codebook(cast.study)
    client.force_login(cast.pi)
    answer = upload(client, cast, as_csv(CODES), kind="codebook")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": ["Version 1 is in use: make a new version."]}


@pytest.mark.parametrize("step", ["people_columns", "people_check"])
def test_a_step_costs_the_same_for_one_and_three_rows(
    administrator: Client, cast: make.Cast, step: str
) -> None:
    costs = [
        queries_of(administrator, at(step, cast, begun(administrator, cast, PEOPLE[: rows + 1]).id))
        for rows in (1, 3)
    ]
    assert costs[0] == costs[1]


def test_steps_go_in_by_the_same_four_pages_and_come_back_out(client: Client, cast: make.Cast) -> None:
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    client.force_login(cast.recruiter)
    assert at("steps_import", cast) in client.get(at("recruitment_day", cast)).content.decode()
    assert is_clean(client.get(at("steps_import", cast)))
    cells = [("Pseudonym", "Approached", HOSTILE), (person.pseudonym, "2026-01-05", HOSTILE)]
    answer = upload(client, cast, as_csv(cells), "steps.csv", "steps")
    page = client.get(answer.headers["Location"])
    nothing = {"to-0": "pseudonym", "to-1": "leave", "to-2": "leave"}
    assert client.post(answer.headers["Location"], nothing).status_code == 422
    answer = client.post(answer.headers["Location"], answers(page))
    page = client.get(answer.headers["Location"])
    assert "Write 1 step" in page.content.decode()
    started = Import.objects.get()
    answer = client.post(at("steps_write", cast, started.id))
    assert answer.headers["Location"] == at("recruitment_day", cast)
    assert person.recruitment_events.get().step == "approached"
    undo = at("steps_undo", cast, started.id)
    assert undo in client.get(at("steps_import", cast)).content.decode()
    elsewhere = make.member(cast.study, make.Role.RECRUITER, site=make.site(cast.study))
    client.force_login(elsewhere)
    assert client.post(undo).status_code == 404
    client.force_login(cast.recruiter)
    assert said(client.post(undo))[-1] == "The list was taken back."
    assert person.recruitment_events.count() == 0
