from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.codebooks.models import Code
from apps.exports import actions
from apps.exports.models import Import
from apps.participants.models import Participant, RecruitmentEvent
from tests import make
from tests.api.test_participants import at, send
from tests.exports.sheets import CODES, Cells, as_csv

pytestmark = pytest.mark.django_db
PEOPLE = [("ID", "Group", "Site", "Date"), ("P-1", "Hub clients", "Northmoor", "3/2/2026")]


@pytest.fixture
def administrator(client: Client, cast: make.Cast) -> Client:
    cast.group.name = "Hub clients"
    cast.group.save()
    client.force_login(cast.administrator)
    return client


def begin(client: Client, cast: make.Cast, cells: Cells, kind: str = "people_import") -> Any:
    return client.post(at(f"{kind}s", cast), {"file": SimpleUploadedFile("list.csv", as_csv(cells))})


def said(started: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The columns as guessed, those named with the day first."""
    columns = [{**each, "day_first": changes.get(each["header"])} for each in started["columns"]]
    return {"columns": columns}


def test_people_come_in_once_everything_is_said(administrator: Client, cast: make.Cast) -> None:
    started = begin(administrator, cast, PEOPLE)
    assert started.status_code == 201
    one = at("people_import", cast, started.json()["id"])
    check = administrator.get(one).json()
    assert (check["new"], check["undecided_dates"], check["can_be_written"]) == (1, ["Date"], False)
    write = at("people_import_write", cast, started.json()["id"])
    assert administrator.post(write).status_code == 400
    assert Participant.objects.count() == 0
    told = send(administrator, "put", one, said(started.json(), Date=True))
    assert told.json()["columns"][3] == {"header": "Date", "to": "held_on", "day_first": True}
    done = administrator.post(write).json()
    assert (done["created_count"], done["row_count"], done["can_be_undone"]) == (1, 0, True)
    assert Participant.objects.get().interviews.get().held_on.isoformat() == "2026-02-03"
    assert administrator.post(write).status_code == 404
    undone = administrator.post(at("people_import_undo", cast, done["id"])).json()
    assert (undone["can_be_undone"], Participant.objects.count()) == (False, 0)
    assert [each["id"] for each in administrator.get(at("people_imports", cast)).json()["results"]] == [
        done["id"]
    ]


def test_problems_are_told_and_nothing_is_written(administrator: Client, cast: make.Cast) -> None:
    started = begin(administrator, cast, [*PEOPLE, ("P-2", "Nobody", "Northmoor", "2026-02-30")]).json()
    one = at("people_import", cast, started["id"])
    send(administrator, "put", one, said(started, Date=True))
    check = administrator.get(one).json()
    assert check["problems"] == [
        {"row": 3, "column": "Date", "sentence": "There is no such day as “2026-02-30”."},
        {"row": 3, "column": "Group", "sentence": "The study has no group “Nobody”."},
    ]
    assert administrator.post(at("people_import_write", cast, started["id"])).status_code == 422
    assert Participant.objects.count() == 0
    assert administrator.delete(one).status_code == 204
    assert Import.objects.count() == 0


@pytest.mark.parametrize(
    "columns",
    [
        [],
        [{"header": "ID", "to": "reference"}],
        [{"header": name, "to": "reference"} for name in PEOPLE[0]],
        [{"header": name, "to": "characteristic:0"} for name in PEOPLE[0]],
    ],
)
def test_columns_must_be_those_of_the_list_and_mean_something(
    administrator: Client, cast: make.Cast, columns: list[dict[str, str]]
) -> None:
    started = begin(administrator, cast, PEOPLE).json()
    answer = send(administrator, "put", at("people_import", cast, started["id"]), {"columns": columns})
    assert answer.status_code == 400


def test_an_empty_file_is_refused_in_one_sentence(administrator: Client, cast: make.Cast) -> None:
    empty = SimpleUploadedFile("empty.csv", b"")
    answer = administrator.post(at("people_imports", cast), {"file": empty})
    assert (answer.status_code, answer.json()["detail"]) == (422, "empty.csv is empty.")


def test_a_recruiter_brings_in_steps_and_no_people(client: Client, cast: make.Cast) -> None:
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    client.force_login(cast.recruiter)
    assert begin(client, cast, PEOPLE).status_code == 403
    cells = [("Pseudonym", "Approached"), (person.pseudonym, "2026-01-05")]
    started = begin(client, cast, cells, "steps_import").json()
    done = client.post(at("steps_import_write", cast, started["id"])).json()
    assert (done["kind"], done["created_count"]) == ("steps", 1)
    assert RecruitmentEvent.objects.get().step == "approached"
    assert client.post(at("steps_import_undo", cast, done["id"])).status_code == 200
    assert RecruitmentEvent.objects.count() == 0


def test_nobody_else_goes_on_with_a_list(administrator: Client, cast: make.Cast) -> None:
    started = begin(administrator, cast, PEOPLE).json()
    administrator.force_login(cast.pi)
    assert administrator.get(at("people_import", cast, started["id"])).status_code == 404


def test_codes_come_in_too(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    started = begin(client, cast, CODES, "codebook_import").json()
    assert client.post(at("codebook_import_write", cast, started["id"])).status_code == 200
    assert Code.objects.count() == 4


def long_list(group: str = "Hub clients") -> Cells:
    return [PEOPLE[0], *((f"P-{number:04d}", group, "Northmoor", "2026-02-03") for number in range(1001))]


def test_a_long_list_is_written_by_a_worker_and_followed(administrator: Client, cast: make.Cast) -> None:
    started = begin(administrator, cast, long_list()).json()
    write = at("people_import_write", cast, started["id"])
    assert administrator.get(write).status_code == 404
    asked = administrator.post(write)
    assert (asked.status_code, asked.headers["Location"]) == (202, write)
    assert (asked.json()["state"], Participant.objects.count()) == ("queued", 0)
    assert administrator.post(write).json() == asked.json()
    one = at("people_import", cast, started["id"])
    assert send(administrator, "put", one, said(started)).status_code == 422
    assert administrator.delete(one).status_code == 422
    [run] = cast.study.runs.all()
    actions.write_in_worker(run_id=run.id, now=make.NOW)
    told = administrator.get(write).json()
    assert (told["state"], told["done_share"], told["list"]["created_count"]) == ("done", 1, 1001)
    assert Participant.objects.count() == 1001


def test_a_long_list_that_is_refused_says_so_and_can_be_put_right(
    administrator: Client, cast: make.Cast
) -> None:
    started = begin(administrator, cast, long_list("Nobody")).json()
    write = at("people_import_write", cast, started["id"])
    assert administrator.post(write).status_code == 202
    [run] = cast.study.runs.all()
    actions.write_in_worker(run_id=run.id, now=make.NOW)
    assert administrator.get(write).json()["state"] == "refused"
    assert Participant.objects.count() == 0
    assert send(
        administrator, "put", at("people_import", cast, started["id"]), said(started)
    ).status_code == (200)


def test_nobody_else_follows_a_list(administrator: Client, cast: make.Cast) -> None:
    started = begin(administrator, cast, long_list()).json()
    write = at("people_import_write", cast, started["id"])
    administrator.post(write)
    administrator.force_login(cast.pi)
    assert administrator.get(write).status_code == 404
