"""What a closed round has agreed on, and who may read it."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from apps.agreement import actions
from apps.agreement.models import Round
from apps.core.identity import acting_as
from tests import make
from tests.agreement import stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def round(cast: make.Cast) -> Round:
    """Jin's and Ruth's a1 agree, b1 is settled for Ruth, the rest is left open."""
    round = stage.open_round(cast)
    missed = stage.conferring(cast, round)["b1"]
    actions.settle(discrepancy=missed, outcome=stage.side_of(missed, cast.ruth), by=cast.pi, now=stage.NOW)
    return round


def close(cast: make.Cast, round: Round) -> Round:
    with acting_as(cast.pi.id):
        return actions.close(round=round, by=cast.pi, now=stage.NOW)


def page(cast: make.Cast, round: Round, user: object) -> tuple[int, list[str]]:
    """Status, and the codes and passages that the page shows."""
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("consensus", args=[cast.study.id, round.id]))
    cells = re.findall(r'<td dir="auto">(.*?)</td>|data-tag="(\w+)"|class="code-tag[^>]*>(\w+)<', answer.text)
    return answer.status_code, ["".join(each) for each in cells]


def shown(words: str) -> str:
    return words.replace("\n", "<br>")


def rows(cast: make.Cast, round: Round, user: object) -> tuple[int, list[tuple[int, int, str]]]:
    client = APIClient()
    client.force_login(user)
    answer = client.get(reverse("api:consensus", args=[cast.study.id, round.id]))
    found = answer.json().get("results", [])
    return answer.status_code, sorted((row["start"], row["end"], row["influence"]) for row in found)


def test_there_is_none_before_the_close(cast: make.Cast, round: Round) -> None:
    assert page(cast, round, cast.pi) == (200, [])
    assert rows(cast, round, cast.pi) == (200, [])


def test_it_holds_what_was_agreed_and_what_was_settled(cast: make.Cast, round: Round) -> None:
    close(cast, round)
    text = round.transcripts.get().transcript_version.text
    assert page(cast, round, cast.ruth) == (200, ["a1", shown(text[41:90]), "b1", shown(text[150:200])])
    assert rows(cast, round, cast.ruth) == (200, [(41, 90, "helps"), (150, 200, "")])


def test_it_is_for_those_who_may_read_codings(cast: make.Cast, round: Round) -> None:
    close(cast, round)
    assert [page(cast, round, user)[0] for user in (cast.administrator, cast.outsider)] == [403, 404]
    assert [rows(cast, round, user)[0] for user in (cast.administrator, cast.outsider)] == [403, 404]


def test_a_later_round_on_the_same_transcript_does_not_mix_with_it(cast: make.Cast, round: Round) -> None:
    closed = close(cast, round)
    before = rows(cast, closed, cast.pi)
    later = actions.open_round(
        study=cast.study,
        transcript_versions=[closed.transcripts.get().transcript_version],
        coders=[cast.ruth, cast.adjudicator],
        adjudicator=cast.pi,
        codebook_version=closed.codebook_version,
        by=cast.pi,
        now=stage.NOW,
    )
    assert rows(cast, later, cast.pi) == (200, [])
    assert rows(cast, closed, cast.pi) == before
