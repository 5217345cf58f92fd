"""The page of a correction: choose turns, write, look at what changes, confirm."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from apps.coding.models import CodingAssignment
from apps.jobs.models import Run
from apps.transcripts.models import Correction, TranscriptVersion
from tests import make
from tests.web.asking import signed_in

pytestmark = pytest.mark.django_db

MANAGER = "My line manager forwarded an e-mail."


@pytest.fixture
def version(cast: make.Cast) -> TranscriptVersion:
    return make.transcript(cast.study)


def page(cast: make.Cast, version: TranscriptVersion) -> str:
    return reverse("transcript_correct", args=[cast.study.id, version.transcript_id])


def given(version: TranscriptVersion, words: str = MANAGER, **more: str) -> dict[str, str]:
    return {"version": str(version.id), "turn": "2", "turn-2": words, **more}


def test_first_the_turns_are_chosen_then_only_those_can_be_written_in(
    cast: make.Cast, version: TranscriptVersion
) -> None:
    client = signed_in(cast.administrator)
    chosen = client.get(page(cast, version), {"turn": "2"})
    assert client.get(page(cast, version)).text.count('type="checkbox" name="turn"') == 6
    assert chosen.text.count("<textarea") == 1
    assert "I nearly deleted it" in chosen.text


def test_the_preview_shows_the_differences_and_stores_nothing(
    cast: make.Cast, version: TranscriptVersion
) -> None:
    shown = signed_in(cast.pi).post(page(cast, version), given(version)).text
    assert "<ins>line </ins>" in shown
    assert "<del>" in shown
    assert not Correction.objects.exists()


def test_the_preview_names_only_codings_that_the_viewer_may_see(
    cast: make.Cast, version: TranscriptVersion
) -> None:
    own = make.assignment(cast.study, cast.pi, version=version, kind=CodingAssignment.Kind.PRIMARY)
    make.coding(own, "a1", 41, 51)
    alone = signed_in(cast.pi).post(page(cast, version), given(version)).text
    blind = make.assignment(cast.study, cast.ruth, version=version)
    make.coding(blind, "b1", 41, 60)
    assert "Subconstruct a1" in alone
    again = signed_in(cast.pi).post(page(cast, version), given(version)).text
    assert "Subconstruct b1" not in again
    assert again.count("code-tag") == alone.count("code-tag")


def test_confirming_asks_a_worker_once_and_the_page_says_so(
    cast: make.Cast, version: TranscriptVersion
) -> None:
    client = signed_in(cast.pi)
    answer = client.post(page(cast, version), given(version, confirm="1"), follow=True)
    assert "The text is being corrected" in answer.text
    assert Run.objects.get(kind="correction").requested_by == cast.pi
    again = client.post(page(cast, version), given(version, confirm="1"))
    assert (again.status_code, "is being carried out" in again.text) == (422, True)


def test_what_cannot_be_stored_comes_back_in_its_form(cast: make.Cast, version: TranscriptVersion) -> None:
    client = signed_in(cast.pi)
    same = client.post(page(cast, version), given(version, make.SPEECH[1][1]))
    empty = client.post(page(cast, version), given(version, " "))
    assert (same.status_code, "stand there already" in same.text) == (422, True)
    assert (empty.status_code, "would have no words left" in empty.text) == (422, True)


def test_a_coder_corrects_nothing(cast: make.Cast, version: TranscriptVersion) -> None:
    assert signed_in(cast.ruth).get(page(cast, version)).status_code == 403
    assert signed_in(cast.outsider).get(page(cast, version)).status_code == 404


def test_the_api_previews_and_corrects(cast: make.Cast, version: TranscriptVersion) -> None:
    client = APIClient()
    client.force_login(cast.pi)
    ids = [cast.study.id, version.transcript_id]
    body = {"number": 1, "turns": [{"position": 1, "words": MANAGER}]}
    preview = client.post(reverse("api:corrections_preview", args=ids), body, format="json").json()
    made = client.post(reverse("api:corrections", args=ids), body, format="json")
    assert [turn["position"] for turn in preview["turns"]] == [1]
    assert (made.status_code, made.json()["state"]) == (202, "queued")
