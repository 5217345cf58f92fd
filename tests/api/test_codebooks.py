from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.codebooks.models import CodebookVersion
from tests import make
from tests.web.asking import queries_of

JSON = "application/json"


def at(name: str, cast: make.Cast, *ids: object) -> str:
    return reverse(f"api:{name}", args=[cast.study.id, *ids])


def send(client: Client, method: str, address: str, body: dict[str, Any] | None = None) -> Any:
    return getattr(client, method)(address, body or {}, content_type=JSON)


@pytest.fixture
def pi(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.pi)
    return client


@pytest.fixture
def draft(cast: make.Cast) -> CodebookVersion:
    return make.codebook(cast.study, is_frozen=False)


def test_a_codebook_begins_with_a_framework_or_a_name(pi: Client, cast: make.Cast) -> None:
    assert pi.get(at("codebook", cast)).status_code == 404
    for wrong in ({}, {"name": "Ours", "preset": "npt"}):
        assert send(pi, "post", at("codebook", cast), wrong).status_code == 400
    unknown = send(pi, "post", at("codebook", cast), {"preset": "other"})
    assert (unknown.status_code, unknown.json()["detail"]) == (
        422,
        "There is no framework “other” to start from.",
    )
    made = send(pi, "post", at("codebook", cast), {"preset": "npt"})
    assert (made.status_code, len(made.json()["codes"])) == (201, 23)
    assert pi.get(at("codebook", cast)).json() == made.json()
    again = send(pi, "post", at("codebook", cast), {"name": "Ours"})
    assert again.status_code == 422


def test_a_version_is_read_with_its_codes_in_reading_order(
    client: Client, cast: make.Cast, draft: CodebookVersion
) -> None:
    client.force_login(cast.observer)
    read = client.get(at("codebook_version", cast, draft.id)).json()
    assert [(code["label"], code["parent"]) for code in read["codes"][:3]] == [
        ("a", None),
        ("a1", read["codes"][0]["id"]),
        ("a2", read["codes"][0]["id"]),
    ]
    assert read["codes"][1] == {
        "id": str(draft.codes.get(label="a1").id),
        "lineage": str(draft.codes.get(label="a1").lineage),
        "parent": read["codes"][0]["id"],
        "label": "a1",
        "name": "Subconstruct a1",
        "hue": 1,
        "is_applicable": True,
        "is_outside_framework": False,
        "definition": "What a1 means.",
        "include": "",
        "exclude": "",
        "example": "",
        "aliases": [],
    }


def test_codes_are_added_changed_moved_and_removed(
    pi: Client, cast: make.Cast, draft: CodebookVersion
) -> None:
    parent, target = draft.codes.get(label="a"), draft.codes.get(label="b")
    name = "<script>alert(1)</script> 🙂 =1+1"
    added = send(pi, "post", at("codes", cast, draft.id), {"name": name, "parent": str(parent.id)})
    assert (added.status_code, added.json()["label"], added.json()["name"]) == (201, "a3", name)
    address = at("code", cast, added.json()["id"])
    changed = send(pi, "put", address, {"name": "Relief", "aliases": ["Ease"]})
    assert (changed.status_code, changed.json()["aliases"]) == (200, ["Ease"])
    moved = send(
        pi, "post", at("code_move", cast, added.json()["id"]), {"parent": str(target.id), "place": 0}
    )
    assert (moved.status_code, moved.json()["label"], moved.json()["hue"]) == (200, "b3", 2)
    assert pi.delete(address).status_code == 204
    verbs = AuditEvent.objects.filter(noun="code").order_by("created_at").values_list("verb", flat=True)
    assert list(verbs) == ["added", "changed", "moved", "removed"]


def test_a_version_in_use_is_refused_with_a_sentence(
    pi: Client, cast: make.Cast, draft: CodebookVersion
) -> None:
    code = draft.codes.get(label="a1")
    frozen = send(pi, "post", at("codebook_freeze", cast, draft.id))
    assert (frozen.status_code, frozen.json()["frozen_at"] is None) == (200, False)
    attempts = [
        send(pi, "post", at("codes", cast, draft.id), {"name": "New"}),
        send(pi, "put", at("code", cast, code.id), {"name": "Other"}),
        send(pi, "post", at("code_move", cast, code.id), {"parent": None}),
        pi.delete(at("code", cast, code.id)),
        pi.delete(at("codebook_version", cast, draft.id)),
    ]
    answers = [(answer.status_code, answer.json()["detail"]) for answer in attempts]
    assert answers == [(422, "Version 1 is in use: make a new version.")] * 5


def test_versions_are_made_listed_and_discarded(pi: Client, cast: make.Cast, draft: CodebookVersion) -> None:
    early = send(pi, "post", at("codebook_versions", cast), {"note": "Too early."})
    assert early.status_code == 422
    send(pi, "post", at("codebook_freeze", cast, draft.id))
    made = send(pi, "post", at("codebook_versions", cast), {"note": "Sharper."})
    assert (made.status_code, made.json()["number"], made.json()["note"]) == (201, 2, "Sharper.")
    rows = pi.get(at("codebook_versions", cast)).json()["results"]
    assert [row["number"] for row in rows] == [1, 2]
    assert pi.delete(at("codebook_version", cast, made.json()["id"])).status_code == 204
    assert pi.get(at("codebook", cast)).json()["number"] == 1


def test_codes_of_another_study_are_not_found(pi: Client, cast: make.Cast, draft: CodebookVersion) -> None:
    other = make.codebook(make.study(), is_frozen=False)
    code = other.codes.get(label="a1")
    answers = [
        pi.get(at("codebook_version", cast, other.id)),
        send(pi, "post", at("codes", cast, other.id), {"name": "New"}),
        send(pi, "post", at("codes", cast, draft.id), {"name": "New", "parent": str(code.id)}),
        send(pi, "put", at("code", cast, code.id), {"name": "Other"}),
        pi.delete(at("code", cast, code.id)),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5


def test_a_version_costs_the_same_with_few_and_many_codes(
    pi: Client, cast: make.Cast, draft: CodebookVersion
) -> None:
    before = queries_of(pi, at("codebook_version", cast, draft.id))
    for number in range(3):
        send(pi, "post", at("codes", cast, draft.id), {"name": f"Code {number}"})
    assert queries_of(pi, at("codebook_version", cast, draft.id)) == before
