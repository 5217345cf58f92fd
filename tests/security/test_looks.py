"""Whoever sees what stands in the vault has left a line in the access log that says whom, who and why."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.contacts.engine.details import Details
from apps.participants.models import Participant
from tests import make
from tests.web.asking import at
from tests.web.test_access import OF_A_STUDY

pytestmark = pytest.mark.django_db
WORDS = {each.name: f"canary{each.name}@canary.example" for each in fields(Details)}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> None:
    settings.KEYS_DIRECTORY = str(tmp_path)


@pytest.fixture
def person(client: Client, cast: make.Cast) -> Participant:
    """Somebody whose details the administrator has written down."""
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    client.force_login(cast.administrator)
    client.post(at("contacts_reason", cast), {"reason": "setting up"})
    assert client.post(at("contact", cast, person.id), {**WORDS, "version": 0}).status_code == 302
    return person


def asked(client: Client, cast: make.Cast, person: Participant) -> Iterator[tuple[str, Any]]:
    """Every address of the vault by every method, with whatever makes it tell something."""
    given = {"words": "canary", "people": [str(person.id)], "reason": "booking", **WORDS, "version": 0}
    for address in OF_A_STUDY:
        if address.route.startswith("studies/<uuid:study_id>/contacts/"):
            path = address.filled(cast.study.id)
            if "participant_id" in address.names:
                path = at("contact", cast, person.id)
            for method in address.methods:
                yield f"{method} {address.route}", lambda m=method, p=path: getattr(client, m)(p, given)


def tells(answer: Any) -> bool:
    """Whether the vault speaks. On a form that was refused comes back what was typed, not what is kept."""
    return answer.status_code == 200 and b"canaryname@" in answer.content


@pytest.mark.parametrize("who", ["administrator", "recruiter"])
def test_each_answer_that_tells_something_was_logged_before(
    client: Client, cast: make.Cast, person: Participant, who: str
) -> None:
    by = getattr(cast, who)
    client.force_login(by)
    client.post(at("contacts_reason", cast), {"reason": "booking"})
    telling = []
    for name, ask in asked(client, cast, person):
        before = AuditEvent.objects.filter(noun="contact details").count()
        answer = ask()
        if tells(answer):
            telling.append(name)
            assert AuditEvent.objects.filter(noun="contact details").count() == before + 1, name
            event = AuditEvent.objects.filter(noun="contact details").latest("created_at")
            assert (event.actor_name, event.object_name) == (by.name, person.pseudonym), name
            assert event.detail["reason"] == "booking", name
    assert len(telling) >= 3


def test_without_a_reason_nothing_is_told(client: Client, cast: make.Cast, person: Participant) -> None:
    client.force_login(cast.recruiter)
    places = [ask for name, ask in asked(client, cast, person) if "contacts/reason" not in name]
    assert [ask for ask in places if tells(ask())] == []
