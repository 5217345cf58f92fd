"""Assignments, codings and memos through the API, by every role, blind as the pages are."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment, Memo
from apps.core.identity import acting_as
from tests import make
from tests.api.asking import signed_in

pytestmark = pytest.mark.django_db


def at(name: str, cast: make.Cast, *ids: object) -> str:
    return reverse(f"api:{name}", args=[cast.study.id, *ids])


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)


@pytest.fixture
def ruth(cast: make.Cast) -> APIClient:
    return signed_in(cast.ruth)


def passage(work: CodingAssignment, label: str = "a1", start: int = 45, end: int = 70) -> dict[str, Any]:
    code = work.codebook_version.codes.get(label=label)
    return {"client_id": str(uuid4()), "code": str(code.id), "start": start, "end": end, "influence": ""}


def stored(work: CodingAssignment) -> list[tuple[str, int, int]]:
    with acting_as(work.coder_id):
        rows = Coding.objects.standing().filter(assignment=work).order_by("start")
        return list(rows.values_list("code__label", "start", "end"))


def submitted(work: CodingAssignment, *, is_released: bool) -> None:
    actions.submit(assignment=work, by=work.coder, now=make.NOW)
    if is_released:
        actions.release(assignments=[work], now=make.NOW)


# --- assignments


def test_a_coder_reads_their_own_assignments(
    cast: make.Cast, ruth: APIClient, work: CodingAssignment
) -> None:
    make.coding(work, "a1", 45, 70)
    make.assignment(cast.study, cast.jin, version=work.transcript_version)
    (row,) = ruth.get(at("assignments", cast)).json()["results"]
    assert (row["id"], row["state"], row["kind"]) == (str(work.id), "in_progress", "independent")
    assert row["progress"] == {"codings_made": 1, "turns": 6, "turns_reached": 2}
    assert ruth.get(at("assignment", cast, work.id)).json() == row


def test_those_who_assign_read_states_and_nothing_else(cast: make.Cast, work: CodingAssignment) -> None:
    administrator = signed_in(cast.administrator)
    make.coding(work, "a1", 45, 70)
    before = administrator.get(at("assignments_of_team", cast)).json()
    make.coding(work, "b1", 80, 90)
    assert administrator.get(at("assignments_of_team", cast)).json() == before
    (row,) = before["results"]
    assert (row["coder_name"], row["state"], row["progress"]) == ("Ruth Hale", "in_progress", None)
    assert sorted(row) == [
        "codebook_version",
        "coder",
        "coder_name",
        "created_at",
        "due_on",
        "id",
        "kind",
        "progress",
        "state",
        "transcript",
        "transcript_name",
        "transcript_version",
    ]


def test_transcripts_are_given_to_a_coder(cast: make.Cast) -> None:
    given = {
        "coder": str(cast.ruth.id),
        "transcript_versions": [str(make.transcript(cast.study).id) for _ in range(2)],
        "codebook_version": str(make.codebook(cast.study).id),
    }
    assert signed_in(cast.ruth).post(at("assignments", cast), given, format="json").status_code == 403
    answer = signed_in(cast.administrator).post(at("assignments", cast), given, format="json")
    assert (answer.status_code, [row["kind"] for row in answer.json()]) == (201, ["primary", "primary"])
    again = signed_in(cast.pi).post(at("assignments", cast), given, format="json")
    assert (again.status_code, CodingAssignment.objects.count()) == (422, 2)
    stranger = {**given, "coder": str(cast.outsider.id)}
    refused = signed_in(cast.pi).post(at("assignments", cast), stranger, format="json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["coder"])


# --- who sees what


def test_blind_codings_do_not_exist_for_anybody_else(cast: make.Cast, work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 70)
    with acting_as(cast.ruth.id):
        actions.write_memo(assignment=work, coding=coding, text="Why.", by=cast.ruth)
    submitted(work, is_released=False)
    for name in ("pi", "jin", "adjudicator"):
        client = signed_in(getattr(cast, name))
        for page, found in (
            ("assignment", work.id),
            ("codings", work.id),
            ("assignment_memo", work.id),
            ("coding", coding.id),
            ("coding_memo", coding.id),
        ):
            assert seen(client, at(page, cast, found)) == seen(client, at(page, cast, uuid4()))
            assert seen(client, at(page, cast, found))[0] == 404


def seen(client: APIClient, path: str) -> tuple[int, Any]:
    answer = client.get(path)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("name", "status"),
    [("pi", 200), ("jin", 200), ("adjudicator", 200), ("administrator", 403), ("observer", 403)],
)
def test_released_codings_are_read_by_those_who_may_read_codings(
    cast: make.Cast, work: CodingAssignment, name: str, status: int
) -> None:
    coding = make.coding(work, "a1", 45, 70)
    with acting_as(cast.ruth.id):
        actions.write_memo(assignment=work, coding=coding, text="Why.", by=cast.ruth)
    submitted(work, is_released=True)
    client = signed_in(getattr(cast, name))
    answers = [
        client.get(at("codings", cast, work.id)),
        client.get(at("coding", cast, coding.id)),
        client.get(at("coding_memo", cast, coding.id)),
    ]
    assert [answer.status_code for answer in answers] == [status] * 3
    if status == 200:
        assert [row["id"] for row in answers[0].json()["results"]] == [str(coding.id)]
        assert answers[2].json()["text"] == "Why."


def test_whoever_still_codes_the_text_blind_does_not_read_what_was_released(
    cast: make.Cast, work: CodingAssignment
) -> None:
    coding = make.coding(work, "a1", 45, 70)
    make.assignment(cast.study, cast.jin, version=work.transcript_version)
    submitted(work, is_released=True)
    jin = signed_in(cast.jin)
    assert jin.get(at("codings", cast, work.id)).status_code == 404
    assert jin.get(at("coding", cast, coding.id)).status_code == 404


def test_nobody_writes_into_the_work_of_another(cast: make.Cast, work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 70)
    for name in ("pi", "jin", "adjudicator"):
        client = signed_in(getattr(cast, name))
        tried = [
            client.post(at("codings", cast, work.id), passage(work), format="json"),
            client.patch(at("coding", cast, coding.id), {"influence": "helps"}, headers={"If-Match": '"1"'}),
            client.delete(at("coding", cast, coding.id)),
            client.post(at("coding_restore", cast, coding.id)),
            client.put(at("coding_memo", cast, coding.id), {"text": "x"}, headers={"If-Match": '"0"'}),
            client.put(at("assignment_memo", cast, work.id), {"text": "x"}, headers={"If-Match": '"0"'}),
            client.post(at("assignment_submit", cast, work.id)),
            client.post(at("assignment_take_back", cast, work.id)),
        ]
        assert [answer.status_code for answer in tried] == [404] * len(tried)
    assert stored(work) == [("a1", 45, 70)]


# --- codings


def test_a_coding_is_stored_once_however_often_it_is_sent(
    cast: make.Cast, ruth: APIClient, work: CodingAssignment
) -> None:
    given = passage(work)
    first = ruth.post(at("codings", cast, work.id), given, format="json")
    again = ruth.post(at("codings", cast, work.id), given, format="json")
    other = ruth.post(at("codings", cast, work.id), {**given, "end": 71}, format="json")
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert (first.json(), first.headers["ETag"]) == (again.json(), again.headers["ETag"])
    assert other.json()["detail"] == ("This save was sent before with another content; nothing was changed.")
    assert stored(work) == [("a1", 45, 70)]


def test_a_coding_that_makes_no_sense_is_refused(
    cast: make.Cast, ruth: APIClient, work: CodingAssignment
) -> None:
    stranger = make.codebook(make.study("Another")).codes.get(label="a1")
    own = make.codebook(cast.study).codes.get(label="a1")
    wrong = [{"start": -1}, {"code": str(stranger.id)}, {"influence": "loves"}, {"client_id": "7"}]
    refused = [{"end": 9000}, {"start": 80}, {"code": str(own.id)}]
    statuses = [
        ruth.post(at("codings", cast, work.id), {**passage(work), **fields}, format="json").status_code
        for fields in [*wrong, *refused]
    ]
    assert (statuses, stored(work)) == ([400] * 4 + [422] * 3, [])


def test_a_change_names_the_version_that_it_is_based_on(
    cast: make.Cast, ruth: APIClient, work: CodingAssignment
) -> None:
    path = at("coding", cast, make.coding(work, "a1", 45, 70).id)
    etag = ruth.get(path).headers["ETag"]
    blindly = ruth.patch(path, {"influence": "helps"}, format="json")
    first = ruth.patch(path, {"influence": "helps"}, format="json", headers={"If-Match": etag})
    late = ruth.patch(path, {"is_to_discuss": True}, format="json", headers={"If-Match": etag})
    assert [answer.status_code for answer in (blindly, first, late)] == [428, 200, 412]
    assert (late.json(), late.headers["ETag"]) == (first.json(), '"2"')
    then = ruth.patch(path, {"is_to_discuss": True}, format="json", headers={"If-Match": '"2"'})
    assert (then.json()["influence"], then.json()["is_to_discuss"]) == ("helps", True)


def test_a_coding_is_taken_away_and_brought_back(
    cast: make.Cast, ruth: APIClient, work: CodingAssignment
) -> None:
    coding = make.coding(work, "a1", 45, 70)
    path = at("coding", cast, coding.id)
    assert [ruth.delete(path).status_code for _ in range(2)] == [204, 204]
    assert (ruth.get(path).status_code, stored(work)) == (404, [])
    back = ruth.post(at("coding_restore", cast, coding.id))
    assert (back.status_code, back.json()["removed_at"], stored(work)) == (200, None, [("a1", 45, 70)])


def test_memos_are_not_overwritten_unseen(cast: make.Cast, ruth: APIClient, work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 70)
    for path in (at("coding_memo", cast, coding.id), at("assignment_memo", cast, work.id)):
        assert ruth.get(path).status_code == 404
        statuses = [
            ruth.put(path, {"text": text}, format="json", headers=headers).status_code
            for text, headers in (
                ("First.", {}),
                ("First.", {"If-Match": '"0"'}),
                ("Other.", {"If-Match": '"0"'}),
                ("Second.", {"If-Match": '"1"'}),
            )
        ]
        assert statuses == [428, 200, 412, 200]
        assert (ruth.get(path).json()["text"], ruth.get(path).headers["ETag"]) == ("Second.", '"2"')
    with acting_as(cast.ruth.id):
        assert Memo.objects.count() == 2


# --- handing in


def test_a_coding_is_handed_in_and_taken_back(
    cast: make.Cast, ruth: APIClient, work: CodingAssignment
) -> None:
    assert ruth.post(at("assignment_submit", cast, work.id)).json()["state"] == "submitted"
    late = ruth.post(at("codings", cast, work.id), passage(work), format="json")
    assert (late.status_code, late.json()["detail"]) == (
        422,
        "This coding was submitted; take it back if you want to change it.",
    )
    assert ruth.post(at("assignment_submit", cast, work.id)).status_code == 422
    assert ruth.post(at("assignment_take_back", cast, work.id)).json()["state"] == "in_progress"
    submitted(work, is_released=True)
    assert ruth.post(at("assignment_take_back", cast, work.id)).status_code == 422


def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast: make.Cast, ruth: APIClient, work: CodingAssignment
) -> None:
    make.coding(work, "a1", 45, 70)
    paths = [at("assignments", cast), at("codings", cast, work.id)]
    one = [queries_of(ruth, path) for path in paths]
    for start in (80, 100, 120):
        make.coding(work, "b1", start, start + 5)
    for _ in range(2):
        make.assignment(cast.study, cast.ruth)
    assert [queries_of(ruth, path) for path in paths] == one


def queries_of(client: APIClient, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
