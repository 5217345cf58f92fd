"""What no page of ours sends is answered with a refusal, never with an error of the server."""

from base64 import b64encode
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests import make
from tests.web.test_access import ALL, Address
from tests.web.test_non_interference import Stage

pytestmark = pytest.mark.django_db

ODD_QUERIES = (
    "?cursor=" + b64encode(b"p=not a time").decode(),
    "?cursor=%00",
    "?page=%00&verb=%00&kind=%00&level=%00&group=%00&transcript=%00&code=%00&coding=%00&since=%00",
    f"?page={10**30}&page_size=-1&person=x&object_id=x&since={date.min}&until={date.max}",
)


@pytest.fixture
def pi(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.pi)
    client.raise_request_exception = False
    return client


def endpoints() -> list[Address]:
    return [address for address in ALL if hasattr(address.view, "cls")]


@pytest.mark.slow
def test_odd_queries_are_answered(pi: Client, cast: make.Cast) -> None:
    stage = Stage(cast)
    paths = [
        stage.paths(address)[0] + odd for address in ALL for odd in ODD_QUERIES if "get" in address.methods
    ]
    assert [path for path in paths if pi.get(path).status_code >= 500] == []


def test_a_cursor_that_nobody_gave_is_not_found(pi: Client, cast: make.Cast) -> None:
    assert pi.get(reverse("api:studies") + ODD_QUERIES[0]).status_code == 404


def test_options_tell_nothing(pi: Client, cast: make.Cast) -> None:
    stage = Stage(cast)
    paths = [stage.paths(address)[0] for address in endpoints() if "study_id" in address.names]
    assert {pi.options(path).status_code for path in paths} == {405}


@pytest.mark.parametrize("version", ["", "x", "9" * 5000, "-1"])
def test_a_version_that_is_none_is_asked_for(client: Client, cast: make.Cast, version: str) -> None:
    assignment = make.assignment(cast.study, cast.ruth)
    client.force_login(cast.ruth)
    answer = client.put(
        reverse("api:assignment_memo", args=[cast.study.id, assignment.id]),
        {"text": "A note."},
        content_type="application/json",
        headers={"If-Match": version},
    )
    assert answer.status_code == 428
