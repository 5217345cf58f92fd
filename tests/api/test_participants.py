from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.participants.models import Characteristic, CharacteristicValue, Interview, Participant
from tests import make
from tests.web.asking import queries_of

JSON = "application/json"


def at(name: str, cast: make.Cast, *ids: object) -> str:
    return reverse(f"api:{name}", args=[cast.study.id, *ids])


def send(client: Client, method: str, address: str, body: dict[str, Any] | None = None) -> Any:
    return getattr(client, method)(address, body, content_type=JSON)


@pytest.fixture
def person(cast: make.Cast) -> Participant:
    return make.participant(cast.study, group=cast.group, site=cast.site)


@pytest.fixture
def administrator(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.administrator)
    return client


def body(cast: make.Cast, **changes: Any) -> dict[str, Any]:
    return {"group": str(cast.group.id), "site": str(cast.site.id), **changes}


def test_a_person_is_added_changed_and_removed(administrator: Client, cast: make.Cast) -> None:
    made = send(administrator, "post", at("participants", cast), body(cast, reference="R-1", note="🙂 <b>"))
    assert made.status_code == 201
    person = Participant.objects.get()
    assert made.json() == {
        "id": str(person.id),
        "created_at": made.json()["created_at"],
        "pseudonym": "Hub client 01",
        "group": str(cast.group.id),
        "site": str(cast.site.id),
        "number": 1,
        "reference": "R-1",
        "note": "🙂 <b>",
        "values": [],
    }
    address = at("participant", cast, person.id)
    changed = send(administrator, "put", address, {"site": str(cast.site.id), "reference": "R-2"})
    assert (changed.status_code, changed.json()["reference"], changed.json()["note"]) == (200, "R-2", "")
    assert administrator.get(address).json() == changed.json()
    assert administrator.delete(address).status_code == 204
    assert Participant.objects.count() == 0
    verbs = (
        AuditEvent.objects.filter(noun="participant").order_by("created_at").values_list("verb", flat=True)
    )
    assert list(verbs) == ["added", "changed", "removed"]


def test_a_refusal_is_a_sentence(administrator: Client, cast: make.Cast, person: Participant) -> None:
    Participant.objects.filter(id=person.id).update(reference="R-1")
    refused = send(administrator, "post", at("participants", cast), body(cast, reference="R-1"))
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "The study reference “R-1” is that of Hub client 01 already.",
    )
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert Participant.objects.count() == 1


@pytest.mark.parametrize("field", ["group", "site"])
def test_groups_and_sites_of_other_studies_are_unknown(
    administrator: Client, cast: make.Cast, field: str
) -> None:
    elsewhere = make.study()
    other = {"group": make.group, "site": make.site}[field](elsewhere)
    wrong = send(administrator, "post", at("participants", cast), body(cast, **{field: str(other.id)}))
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, [field])


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_that_no_database_can_hold_is_refused(administrator: Client, cast: make.Cast, text: str) -> None:
    wrong = send(administrator, "post", at("participants", cast), body(cast, reference=text))
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["reference"])


def test_people_are_listed_as_they_may_be_seen(client: Client, cast: make.Cast, person: Participant) -> None:
    elsewhere = make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    client.force_login(cast.recruiter)
    rows = client.get(at("participants", cast)).json()["results"]
    assert [row["id"] for row in rows] == [str(person.id)]
    assert client.get(at("participant", cast, elsewhere.id)).status_code == 404
    client.force_login(cast.pi)
    narrowed = client.get(at("participants", cast), {"site": str(elsewhere.site_id)}).json()["results"]
    assert [row["id"] for row in narrowed] == [str(elsewhere.id)]
    assert client.get(at("participants", cast), {"site": "nonsense"}).status_code == 400


def test_what_is_known_of_a_person_is_set_and_cleared(
    administrator: Client, cast: make.Cast, person: Participant
) -> None:
    gender = {"name": "Gender", "kind": "choice", "choices": ["Woman", "Man"], "groups": [str(cast.group.id)]}
    made = send(administrator, "post", at("characteristics", cast), gender)
    assert (made.status_code, made.json()["groups"]) == (201, [str(cast.group.id)])
    address = at("value", cast, person.id, made.json()["id"])
    assert send(administrator, "put", address, {"value": "woman"}).json()["value"] == "Woman"
    refused = send(administrator, "put", address, {"value": "Martian"})
    assert (refused.status_code, refused.json()["detail"]) == (422, "“Martian” is not one of: Woman, Man.")
    send(administrator, "put", address, {"state": "prefer_not"})
    shown = administrator.get(at("participant", cast, person.id)).json()["values"]
    assert shown == [{"characteristic": made.json()["id"], "state": "prefer_not", "value": ""}]
    kept = administrator.delete(at("characteristic", cast, made.json()["id"]))
    assert kept.status_code == 422
    assert administrator.delete(address).status_code == 204
    assert administrator.delete(at("characteristic", cast, made.json()["id"])).status_code == 204
    assert (Characteristic.objects.count(), CharacteristicValue.objects.count()) == (0, 0)


def test_a_characteristic_is_changed(administrator: Client, cast: make.Cast) -> None:
    stored = Characteristic.objects.create(study=cast.study, name="Gender")
    changed = send(
        administrator, "put", at("characteristic", cast, stored.id), {"name": "Age", "kind": "number"}
    )
    assert (changed.status_code, changed.json()["kind"]) == (200, "number")
    rows = administrator.get(at("characteristics", cast)).json()["results"]
    assert [row["name"] for row in rows] == ["Age"]


def test_an_interview_is_booked_recorded_and_removed(
    administrator: Client, cast: make.Cast, person: Participant
) -> None:
    booked = {"participant": str(person.id), "status": "booked", "interviewer": str(cast.ruth.id)}
    made = send(administrator, "post", at("interviews", cast), booked)
    assert (made.status_code, made.json()["interviewer"]) == (201, str(cast.ruth.id))
    address = at("interview", cast, made.json()["id"])
    undated = send(administrator, "put", address, {"status": "held"})
    assert (undated.status_code, undated.json()["detail"]) == (422, "An interview that was held has a date.")
    held = send(administrator, "put", address, {"status": "held", "held_on": "2026-02-10", "minutes": 62})
    assert (held.status_code, administrator.get(address).json()["minutes"]) == (200, 62)
    wrong = send(administrator, "put", address, {"status": "held", "held_on": "2026-02-31", "minutes": 0})
    assert (wrong.status_code, sorted(wrong.json()["errors"])) == (400, ["held_on", "minutes"])
    stranger = send(administrator, "put", address, {"status": "booked", "interviewer": str(cast.outsider.id)})
    assert (stranger.status_code, list(stranger.json()["errors"])) == (400, ["interviewer"])
    assert administrator.delete(address).status_code == 204
    assert Interview.objects.count() == 0


def test_interviews_of_people_elsewhere_are_not_found(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    mine = make.interview(cast.study, participant=person)
    other = make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    theirs = make.interview(cast.study, participant=other)
    client.force_login(cast.recruiter)
    rows = client.get(at("interviews", cast)).json()["results"]
    assert [row["id"] for row in rows] == [str(mine.id)]
    assert client.get(at("interview", cast, theirs.id)).status_code == 404
    client.force_login(cast.pi)
    stranger = make.participant(make.study())
    answer = send(
        client, "post", at("interviews", cast), {"participant": str(stranger.id), "status": "booked"}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["participants", "interviews", "characteristics"])
def test_a_list_costs_the_same_for_one_and_three(administrator: Client, cast: make.Cast, name: str) -> None:
    costs = []
    for more in (1, 2):
        for _ in range(more):
            person = make.participant(cast.study, group=cast.group, site=cast.site)
            make.interview(cast.study, participant=person)
            trait = Characteristic.objects.create(study=cast.study, name=f"Trait {person.number}")
            trait.groups.add(cast.group)
            CharacteristicValue.objects.create(participant=person, characteristic=trait, value="x")
        costs.append(queries_of(administrator, at(name, cast)))
    assert costs[0] == costs[1]
