import io
from pathlib import Path
from typing import Any

import docx
import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.core import keys
from apps.participants.models import Participant
from tests import make
from tests.web.asking import at, is_clean, queries_of, said

ADA = {
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "telephone": "0161 496 0000",
    "employer": "<b>Byron</b> Trust 🙂",
    "note": "mornings",
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> None:
    settings.KEYS_DIRECTORY = str(tmp_path)


@pytest.fixture
def person(cast: make.Cast) -> Participant:
    return make.participant(cast.study, group=cast.group, site=cast.site)


def opened(client: Client, cast: make.Cast, who: str = "administrator") -> Client:
    """Somebody who has said why they look."""
    client.force_login(getattr(cast, who))
    client.post(at("contacts_reason", cast), {"reason": "booking"})
    return client


def test_the_vault_asks_why_once_a_session(client: Client, cast: make.Cast, person: Participant) -> None:
    client.force_login(cast.recruiter)
    page = at("contact", cast, person.id)
    asked = client.get(page)
    assert asked.url == f"{at('contacts_reason', cast)}?next={page}"
    assert is_clean(client.get(asked.url))
    assert client.post(at("contacts_reason", cast), {"reason": " ", "next": page}).status_code == 422
    assert client.post(at("contacts_reason", cast), {"reason": "booking", "next": page}).url == page
    assert client.get(page).status_code == 200
    assert client.post(at("contacts_reason", cast), {"reason": "x", "next": "//evil.example"}).url == at(
        "contacts", cast
    )


def test_details_are_written_and_read_and_no_cache_keeps_them(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    opened(client, cast)
    page = at("contact", cast, person.id)
    assert client.post(page, {**ADA, "version": 0}).url == page
    read = client.get(page)
    assert read.context["form"].initial == {**ADA, "version": 1}
    assert read["Cache-Control"] == "no-store"
    assert "<b>Byron</b>" not in read.content.decode()
    assert is_clean(read)


def test_a_stale_page_is_refused_with_what_was_typed(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    opened(client, cast)
    page = at("contact", cast, person.id)
    client.post(page, {**ADA, "version": 0})
    refused = client.post(page, {**ADA, "name": "Ada King", "version": 0})
    assert refused.status_code == 422
    assert "Somebody else has changed" in refused.content.decode()
    assert refused.context["form"]["name"].value() == "Ada King"


def test_a_wrong_address_is_named(client: Client, cast: make.Cast, person: Participant) -> None:
    opened(client, cast)
    refused = client.post(at("contact", cast, person.id), {"email": "not one", "version": 0})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["email"])


def test_a_recruiter_of_another_site_gets_404_and_others_403(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    far = make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    opened(client, cast, "recruiter")
    assert client.get(at("contact", cast, far.id)).status_code == 404
    answers = {}
    for name in ("pi", "ruth", "adjudicator", "observer", "outsider"):
        client.force_login(getattr(cast, name))
        answers[name] = client.get(at("contact", cast, person.id)).status_code
    assert answers == {"pi": 403, "ruth": 403, "adjudicator": 403, "observer": 403, "outsider": 404}


def test_a_search_goes_in_the_body_and_shows_whom_it_found(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    opened(client, cast)
    client.post(at("contact", cast, person.id), {**ADA, "version": 0})
    page = client.post(at("contacts", cast), {"words": "lovelace"})
    assert [each.pseudonym for each, _ in page.context["found"]] == [person.pseudonym]
    assert client.post(at("contacts", cast), {"words": "babbage"}).context["found"] == []
    assert client.get(f"{at('contacts', cast)}?words=lovelace").context["found"] is None


def test_letters_are_a_table_of_the_chosen(client: Client, cast: make.Cast, person: Participant) -> None:
    opened(client, cast)
    client.post(at("contact", cast, person.id), {**ADA, "version": 0})
    nobody = client.post(at("contacts_letters", cast), {"people": ["not-an-id"]})
    assert said(nobody) == ["Saved.", "Choose the people to write to."]
    table = client.post(at("contacts_letters", cast), {"people": [str(person.id)]})
    assert table.content.decode().splitlines()[1].startswith(f"{person.pseudonym},Ada Lovelace,")
    assert table["Cache-Control"] == "no-store"
    assert AuditEvent.objects.get(verb="took out for letters").object_name == person.pseudonym


def test_a_lost_key_is_said_and_not_a_500(client: Client, cast: make.Cast, person: Participant) -> None:
    opened(client, cast)
    client.post(at("contact", cast, person.id), {**ADA, "version": 0})
    keys.destroy(person.id)
    page = client.get(at("contact", cast, person.id))
    assert page.status_code == 422
    assert "cannot be read" in page.content.decode()


def test_the_list_takes_as_many_queries_for_three_as_for_one(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    opened(client, cast)
    once = queries_of(client, at("contacts", cast))
    for _ in range(2):
        make.participant(cast.study, group=cast.group, site=cast.site)
    assert queries_of(client, at("contacts", cast)) == once


def test_letters_are_written_one_page_for_each(client: Client, cast: make.Cast, person: Participant) -> None:
    opened(client, cast)
    client.post(at("contact", cast, person.id), {**ADA, "version": 0})
    asked = {
        "people": [str(person.id)],
        "as": "docx",
        "wording": "Dear {name}\x0b,\n{note} {0.__class__} {employer}",
    }
    sent = client.post(at("contacts_letters", cast), asked)
    assert (sent.status_code, sent["Cache-Control"]) == (200, "no-store")
    words = [each.text for each in docx.Document(io.BytesIO(sent.content)).paragraphs]
    assert words[:3] == ["Ada Lovelace", "<b>Byron</b> Trust 🙂", "ada@example.org"]
    assert words[4:] == ["Dear Ada Lovelace", ",", "{note} {0.__class__} <b>Byron</b> Trust 🙂"]
    assert AuditEvent.objects.get(verb="took out for letters").object_name == person.pseudonym
