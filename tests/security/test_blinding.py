"""Ways around the blinding that were tried: none of them opens anything."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from tests import make

pytestmark = pytest.mark.django_db

NOW = make.NOW
HANDED_IN = {"state": "submitted", "submitted_at": NOW}
RELEASED = {**HANDED_IN, "released_at": NOW}


@pytest.fixture
def jins(cast: make.Cast) -> CodingAssignment:
    """Jin's blind coding of a transcript that Ruth codes too."""
    ruths = make.assignment(cast.study, cast.ruth)
    shared = {"version": ruths.transcript_version, "codebook": ruths.codebook_version}
    assignment = make.assignment(cast.study, cast.jin, **shared)
    make.coding(assignment, "a1", 45, 70)
    return assignment


def refused(change: dict[str, Any], assignment: CodingAssignment) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        CodingAssignment.objects.filter(id=assignment.id).update(**change)
    return str(caught.value).split("\n")[0]


@pytest.mark.parametrize(
    "change",
    [
        {"released_at": None},
        {"state": "in_progress", "submitted_at": None, "released_at": None},
        {"state": "in_progress", "submitted_at": None},
    ],
)
def test_what_was_released_stays_as_it_was(jins: CodingAssignment, change: dict[str, Any]) -> None:
    CodingAssignment.objects.filter(id=jins.id).update(**RELEASED)
    assert refused(change, jins) == "codingassignment_release_is_final"


def test_a_primary_coding_can_be_taken_back_after_all_have_read_it(cast: make.Cast) -> None:
    primary = make.assignment(cast.study, cast.ruth, kind=CodingAssignment.Kind.PRIMARY)
    CodingAssignment.objects.filter(id=primary.id).update(**RELEASED)
    back = {"state": "in_progress", "submitted_at": None, "released_at": None}
    assert CodingAssignment.objects.filter(id=primary.id).update(**back) == 1


def test_nobody_is_put_in_the_place_of_the_coder(cast: make.Cast, jins: CodingAssignment) -> None:
    other = make.study("Another study")
    for change in ({"coder": cast.ruth}, {"kind": "primary"}, {"study": other}):
        assert "Cannot update rows from coding_codingassignment" in refused(change, jins)
    with acting_as(cast.ruth.id):
        assert Coding.objects.count() == 0


@pytest.mark.parametrize("state", [{}, HANDED_IN])
def test_jins_work_is_answered_to_ruth_like_work_that_does_not_exist(
    client: Client, cast: make.Cast, jins: CodingAssignment, state: dict[str, Any]
) -> None:
    """Whatever is asked of it, in words that fit it: the ids give nothing away."""
    CodingAssignment.objects.filter(id=jins.id).update(**state)
    with acting_as(cast.jin.id):
        coding = Coding.objects.get(assignment=jins)
    client.force_login(cast.ruth)
    given = {"client_id": coding.client_id, "code": coding.code_id, "start": 45, "end": 70}
    asked = {
        "api:assignment": [("get", {})],
        "api:assignment_submit": [("post", {})],
        "api:assignment_take_back": [("post", {})],
        "api:codings": [("get", {}), ("post", given)],
        "api:assignment_memo": [("get", {}), ("put", {"text": "x"})],
    }
    of_one = {
        "api:coding": [("get", {}), ("patch", {"influence": "helps"}), ("delete", {})],
        "api:coding_restore": [("post", {})],
        "api:coding_memo": [("get", {}), ("put", {"text": "x"})],
    }
    statuses = {
        f"{method} {name}": getattr(client, method)(
            reverse(name, args=[cast.study.id, row.id]),
            data,
            content_type="application/json",
            headers={"If-Match": '"1"'},
        ).status_code
        for row, names in ((jins, asked), (coding, of_one))
        for name, ways in names.items()
        for method, data in ways
    }
    assert set(statuses.values()) == {404}


def test_one_client_id_may_be_used_by_both_coders(
    client: Client, cast: make.Cast, jins: CodingAssignment
) -> None:
    """A key over both would tell Ruth what Jin has sent, or lose her highlight."""
    with acting_as(cast.jin.id):
        jins_coding = Coding.objects.get(assignment=jins)
    ruths = CodingAssignment.objects.get(coder=cast.ruth)
    client.force_login(cast.ruth)
    answer = client.post(
        reverse("api:codings", args=[cast.study.id, ruths.id]),
        {"client_id": jins_coding.client_id, "code": jins_coding.code_id, "start": 45, "end": 70},
        content_type="application/json",
    )
    assert answer.status_code == 201
    assert answer.json()["id"] != str(jins_coding.id)


def test_who_decided_once_and_codes_the_text_blind_now_does_not_read_the_consensus(cast: make.Cast) -> None:
    consensus = make.assignment(cast.study, cast.adjudicator, kind=CodingAssignment.Kind.CONSENSUS)
    make.coding(consensus, "a1", 45, 70)
    CodingAssignment.objects.filter(id=consensus.id).update(**RELEASED)

    def seen() -> tuple[int, int]:
        with acting_as(cast.adjudicator.id):
            return Coding.objects.count(), Coding.objects.visible_to(cast.adjudicator).count()

    assert seen() == (1, 1)
    again = {"version": consensus.transcript_version, "codebook": consensus.codebook_version}
    make.assignment(cast.study, cast.adjudicator, **again)
    assert seen() == (0, 0)
