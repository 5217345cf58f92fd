from typing import Any

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.core import keys
from apps.participants.models import ConsentAnswer, Participant
from tests import make
from tests.api.test_participants import at, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(tmp_path: Any, settings: Any) -> None:
    settings.KEYS_DIRECTORY = str(tmp_path)


@pytest.fixture
def person(cast: make.Cast) -> Participant:
    return make.participant(cast.study, group=cast.group, site=cast.site)


@pytest.fixture
def administrator(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.administrator)
    return client


def form(client: Client, cast: make.Cast) -> Any:
    body = {"label": "v1", "clauses": [{"scope": "interview"}, {"scope": "quotation", "wording": "Quote me"}]}
    return send(client, "post", at("consent_versions", cast), body)


def test_a_form_is_added_answered_and_then_stays(
    administrator: Client, cast: make.Cast, person: Participant
) -> None:
    made = form(administrator, cast)
    assert made.status_code == 201
    assert [(each["scope"], each["wording"]) for each in made.json()["clauses"]] == [
        ("interview", ""),
        ("quotation", "Quote me"),
    ]
    assert administrator.get(at("consent_versions", cast)).json()["results"] == [made.json()]
    clause = made.json()["clauses"][0]["id"]
    body = {
        "version": made.json()["id"],
        "given_on": "2026-02-01",
        "answers": [{"clause": clause, "answer": "yes"}],
    }
    address = at("consents_of_person", cast, person.id)
    given = send(administrator, "put", address, body)
    assert (given.status_code, given.json()["answers"][0]["answer"]) == (200, "yes")
    assert send(administrator, "put", address, body).json() == given.json()
    assert AuditEvent.objects.filter(noun="consent").count() == 1
    assert administrator.get(address).json()["results"] == [given.json()]
    version = at("consent_version", cast, made.json()["id"])
    refused = send(administrator, "put", version, {"label": "v1", "clauses": [{"scope": "archive"}]})
    assert refused.status_code == 422
    assert administrator.get(version).json() == made.json()


def test_consent_is_taken_back_by_scope(administrator: Client, cast: make.Cast, person: Participant) -> None:
    made = form(administrator, cast).json()
    answers = [{"clause": each["id"], "answer": "yes"} for each in made["clauses"]]
    address = at("consents_of_person", cast, person.id)
    send(administrator, "put", address, {"version": made["id"], "answers": answers})
    taken = send(
        administrator,
        "post",
        at("consent_withdraw", cast, person.id),
        {"on": "2026-02-20", "scopes": ["quotation"]},
    )
    assert taken.json() == {"scopes": ["quotation"]}
    rows = ConsentAnswer.objects.order_by("clause__position").values_list("answer", flat=True)
    assert list(rows) == ["yes", "withdrawn"]


def test_a_clause_of_another_form_is_refused(
    administrator: Client, cast: make.Cast, person: Participant
) -> None:
    made = form(administrator, cast).json()
    body = {"version": made["id"], "answers": [{"clause": str(person.id), "answer": "yes"}]}
    assert send(administrator, "put", at("consents_of_person", cast, person.id), body).status_code == 400


def test_whether_somebody_may_be_contacted(
    administrator: Client, cast: make.Cast, person: Participant
) -> None:
    address = at("contact_permission", cast, person.id)
    assert administrator.get(address).status_code == 404
    said = send(administrator, "put", address, {"answer": "no", "basis": "telephone"})
    assert said.json() == {"answer": "no", "given_on": None, "basis": "telephone"}
    assert administrator.get(address).json() == said.json()
    assert send(administrator, "put", address, {"answer": ""}).status_code == 204
    assert administrator.get(address).status_code == 404


def test_a_withdrawal_is_carried_out_whole(
    administrator: Client, cast: make.Cast, person: Participant, django_capture_on_commit_callbacks: Any
) -> None:
    keys.keep(person.id, b"wrapped")
    version = make.transcript(cast.study, interview=make.interview(cast.study, participant=person))
    address = at("withdrawal", cast, person.id)
    assert administrator.get(address).status_code == 404
    refused = send(
        administrator,
        "post",
        address,
        {"asked_on": "2026-02-20", "transcript": "erase", "codings": "keep"},
    )
    assert refused.status_code == 422
    made = send(administrator, "post", address, {"asked_on": "2026-02-20", "characteristics": "erase"})
    assert (made.status_code, made.json()["contact"], made.json()["transcript"]) == (201, "destroy", "stop")
    assert administrator.get(address).json() == made.json()
    assert send(administrator, "post", address, {"asked_on": "2026-02-20"}).status_code == 422
    assert version.transcript.interview.participant.withdrawal.characteristics == "erase"


def test_the_rule_of_the_information_sheet(administrator: Client, cast: make.Cast) -> None:
    address = at("withdrawal_rule", cast)
    assert administrator.get(address).json() == {"days_after_interview": None, "wording": ""}
    body = {"days_after_interview": 30, "wording": "Within 30 days."}
    assert send(administrator, "put", address, body).json() == body


def test_topic_guides_go_from_version_to_version(administrator: Client, cast: make.Cast) -> None:
    code = make.codebook(cast.study).codes.first()
    assert code
    questions = [
        {"text": "How did you hear of it?", "constructs": [str(code.lineage)]},
        {"text": "And then?"},
    ]
    body = {"group": str(cast.group.id), "questions": questions, "used_from": "2026-01-01"}
    first = send(administrator, "post", at("guides", cast), body)
    assert (first.status_code, first.json()["number"]) == (201, 1)
    assert first.json()["questions"][0] == {"position": 0, **questions[0]}
    assert send(administrator, "post", at("guides", cast), body).json()["number"] == 2
    one = at("guide", cast, first.json()["id"])
    review = {"reviewed_on": "2026-01-10", "reviewers": "Public involvement group", "note": "Shorter"}
    assert (
        send(administrator, "post", at("guide_reviews", cast, first.json()["id"]), review).status_code == 201
    )
    assert administrator.get(one).json()["reviews"][0]["note"] == "Shorter"
    assert send(administrator, "put", one, {"questions": []}).status_code == 422
    changed = send(administrator, "put", one, {"questions": [{"text": "Tell me."}], "note": "Public advice"})
    assert [each["text"] for each in changed.json()["questions"]] == ["Tell me."]
    assert len(administrator.get(at("guides", cast)).json()["results"]) == 2


def test_nothing_of_this_is_for_coders(client: Client, cast: make.Cast, person: Participant) -> None:
    client.force_login(cast.ruth)
    for name, ids in (("consent_versions", []), ("withdrawal", [person.id]), ("guides", [])):
        assert client.get(at(name, cast, *ids)).status_code == 403
