from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import make

JSON = "application/json"


def at(name: str, cast: make.Cast, *ids: object) -> str:
    return reverse(f"api:{name}", args=[cast.study.id, *ids])


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    return client.post(address, body, content_type=JSON)


@pytest.fixture
def administrator(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.administrator)
    return client


def test_targets_and_the_board(administrator: Client, cast: make.Cast) -> None:
    body = {"group": str(cast.group.id), "site": str(cast.site.id), "minimum": 3, "reason": "Protocol"}
    assert post(administrator, at("targets", cast), body).status_code == 201
    assert post(administrator, at("targets", cast), body).status_code == 200
    assert post(administrator, at("targets", cast), {**body, "maximum": 1}).status_code == 422
    [target] = administrator.get(at("targets", cast)).json()
    assert (target["minimum"], target["maximum"]) == (3, None)
    board = administrator.get(at("sampling", cast)).json()
    assert (board["to_find"], board["cells"][0]["state"]) == (3, "short")


def test_steps_numbers_and_the_funnel(administrator: Client, cast: make.Cast) -> None:
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    route = post(administrator, at("routes", cast), {"name": "E-mail"}).json()
    step = {"step": "replied", "happened_on": "2026-03-01", "route": route["id"]}
    made = post(administrator, at("recruitment_steps", cast), {**step, "participants": [str(person.id)]})
    assert made.status_code == 201
    number = {
        **step,
        "step": "approached",
        "people": 3,
        "group": str(cast.group.id),
        "site": str(cast.site.id),
    }
    assert post(administrator, at("recruitment_numbers", cast), number).status_code == 201
    [branch] = administrator.get(at("recruitment_funnel", cast)).json()["by_route"]
    assert (branch["approached"], branch["replied"], branch["response_percent"]) == (4, 1, 25)
    taken_back = administrator.delete(at("recruitment_step", cast, made.json()[0]["id"]))
    assert taken_back.status_code == 204
    assert len(administrator.get(at("recruitment_steps", cast)).json()["results"]) == 1


def test_a_recruiter_records_only_at_their_own_site(client: Client, cast: make.Cast) -> None:
    elsewhere = make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    client.force_login(cast.recruiter)
    step = {"step": "replied", "happened_on": "2026-03-01", "participants": [str(elsewhere.id)]}
    assert post(client, at("recruitment_steps", cast), step).status_code == 400
    assert client.get(at("recruitment_steps", cast)).json()["results"] == []


def test_a_round_is_opened_and_closed(administrator: Client, cast: make.Cast) -> None:
    body = {"title": "Back", "origin": "gap", "rationale": "Men are few", "opened_on": "2026-02-01"}
    opened = post(administrator, at("recruitment_rounds", cast), body)
    assert opened.status_code == 201
    closed = post(administrator, at("recruitment_round_close", cast, opened.json()["id"]), {"outcome": "Two"})
    assert closed.json()["outcome"] == "Two"
    again = post(administrator, at("recruitment_round_close", cast, opened.json()["id"]), {})
    assert again.status_code == 422


def test_tables_are_shown_and_signed_off(administrator: Client, cast: make.Cast) -> None:
    make.interview(cast.study, participant=make.participant(cast.study, group=cast.group, site=cast.site))
    size = {"group": str(cast.group.id), "size": 4}
    assert administrator.put(at("populations", cast), size, content_type=JSON).status_code == 200
    shown = post(administrator, at("tables", cast), {}).json()
    [row] = shown["rows"]
    assert (row["pseudonym"], row["risk"], row["matching"]) == ("Hub client 01", "high", 4)
    seen = {"seen": shown["digest"]}
    assert post(administrator, at("table_releases", cast), seen).status_code == 422
    signed = post(administrator, at("table_releases", cast), {**seen, "reason": "Agreed"})
    assert (signed.status_code, signed.json()["at_risk_count"]) == (201, 1)
