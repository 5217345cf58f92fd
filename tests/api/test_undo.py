"""Undo, redo and moved edges through the API."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from tests import make
from tests.api.asking import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)


@pytest.fixture
def ruth(cast: make.Cast) -> APIClient:
    return signed_in(cast.ruth)


def at(name: str, work: CodingAssignment, key: object = None) -> str:
    return reverse(f"api:{name}", args=[work.study_id, key or work.id])


def turn(client: APIClient, kind: str, work: CodingAssignment, **body: Any) -> Any:
    return client.post(at(kind, work), {"client_id": str(uuid4()), **body}, format="json")


def standing(work: CodingAssignment) -> list[tuple[str, int, int]]:
    with acting_as(work.coder_id):
        rows = Coding.objects.standing().filter(assignment=work).order_by("start")
        return list(rows.values_list("code__label", "start", "end"))


def test_a_moved_edge_is_undone_and_done_again(ruth: APIClient, work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 60)
    make.coding(work, "a1", 70, 80)
    path = at("coding", work, coding.id)
    assert ruth.patch(path, {"end": 75}, format="json").status_code == 428
    stale = ruth.patch(path, {"end": 75}, format="json", headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["end"]) == (412, 60)
    body = {"end": 75, "client_id": str(uuid4())}
    moved = [ruth.patch(path, body, format="json", headers={"If-Match": '"1"'}) for _ in range(2)]
    assert [(each.status_code, each.json()["end"], each.json()["version"]) for each in moved] == [
        (200, 80, 2)
    ] * 2
    other = ruth.patch(path, {**body, "end": 76}, format="json", headers={"If-Match": '"2"'})
    assert other.status_code == 409
    assert turn(ruth, "undo", work).json()["kind"] == "undo"
    assert standing(work) == [("a1", 45, 60), ("a1", 70, 80)]
    assert turn(ruth, "redo", work).status_code == 200
    assert standing(work) == [("a1", 45, 80)]


def test_the_ledger_says_what_comes_next(ruth: APIClient, work: CodingAssignment) -> None:
    assert ruth.get(at("ledger", work)).json() == {"number": 0, "to_undo": None, "to_redo": None}
    make.coding(work, "a1", 45, 60)
    ledger = ruth.get(at("ledger", work)).json()
    assert (ledger["number"], ledger["to_undo"]["kind"], ledger["to_redo"]) == (1, "add", None)
    assert turn(ruth, "undo", work, of=str(uuid4())).status_code == 409
    assert turn(ruth, "undo", work, of=ledger["to_undo"]["id"]).status_code == 200
    assert turn(ruth, "undo", work).status_code == 422
    assert ruth.get(at("ledger", work)).json()["to_redo"]["kind"] == "add"


@pytest.mark.parametrize(
    ("name", "status"), [("jin", 404), ("pi", 404), ("observer", 403), ("outsider", 404)]
)
def test_nobody_else_turns_anything(cast: make.Cast, work: CodingAssignment, name: str, status: int) -> None:
    make.coding(work, "a1", 45, 60)
    client = signed_in(getattr(cast, name))
    answers = [turn(client, "undo", work), turn(client, "redo", work), client.get(at("ledger", work))]
    assert [answer.status_code for answer in answers] == [status] * 3
    assert standing(work) == [("a1", 45, 60)]
