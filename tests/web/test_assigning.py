"""Giving transcripts for primary coding where the register of ties has something to say."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.coding.models import CodingAssignment
from apps.participants import actions as participants
from apps.participants.models import Rule
from tests import make
from tests.web.asking import at


@pytest.fixture
def given(cast: make.Cast) -> dict[str, Any]:
    version = make.transcript(cast.study)
    person = version.transcript.interview.participant
    participants.record_tie(
        study=cast.study, member=cast.ruth, to=person.site, by=cast.administrator, now=make.NOW
    )
    codebook = make.codebook(cast.study)
    return {"coder": cast.ruth.id, "codebook_version": codebook.id, "transcripts": [version.id]}


def test_a_tie_that_warns_is_shown_and_has_to_be_ticked(
    client: Client, cast: make.Cast, given: dict[str, Any]
) -> None:
    client.force_login(cast.pi)
    page = client.get(at("assignment_new", cast))
    (choice,) = page.context["choices"]
    assert [tie.member for tie in choice.ties] == [cast.ruth]
    assert "knows_of_ties" not in page.text
    answer = client.post(at("assignment_new", cast), given)
    assert (answer.status_code, "Ruth Hale has a tie" in answer.text) == (422, True)
    assert 'name="knows_of_ties"' in answer.text
    assert not CodingAssignment.objects.exists()
    client.post(at("assignment_new", cast), {**given, "knows_of_ties": "on"})
    assert CodingAssignment.objects.get().coder == cast.ruth


def test_somebody_without_a_tie_is_not_asked(client: Client, cast: make.Cast, given: dict[str, Any]) -> None:
    client.force_login(cast.pi)
    assert client.post(at("assignment_new", cast), {**given, "coder": cast.jin.id}).status_code == 302


def test_a_tie_that_blocks_stays_refused_however_it_is_ticked(
    client: Client, cast: make.Cast, given: dict[str, Any]
) -> None:
    cast.study.ties.update(code=Rule.BLOCK)
    client.force_login(cast.pi)
    answer = client.post(at("assignment_new", cast), {**given, "knows_of_ties": "on"})
    assert (answer.status_code, "may not do this" in answer.text) == (422, True)
    assert not CodingAssignment.objects.exists()


def test_the_api_wants_it_confirmed_as_well(client: Client, cast: make.Cast, given: dict[str, Any]) -> None:
    client.force_login(cast.pi)
    address = reverse("api:assignments", args=[cast.study.id])
    versions = [str(each) for each in given["transcripts"]]
    asked = {
        "coder": str(given["coder"]),
        "codebook_version": str(given["codebook_version"]),
        "transcript_versions": versions,
    }
    answer = client.post(address, asked, content_type="application/json")
    assert answer.status_code == 400
    assert "knows" in answer.json()["errors"]["knows_of_ties"][0]
    assert not CodingAssignment.objects.exists()
    answer = client.post(address, {**asked, "knows_of_ties": True}, content_type="application/json")
    assert (answer.status_code, CodingAssignment.objects.get().coder) == (201, cast.ruth)
