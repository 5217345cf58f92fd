"""After the release a coder goes over a transcript once more, and nothing of the round changes."""

import pytest
from django.test import Client

from apps.agreement import actions, queries
from apps.agreement.models import Round, RoundTranscript
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from tests import make
from tests.agreement import stage
from tests.web.asking import at

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.NOW
WHY = "She had a page missing."


@pytest.fixture
def round(cast: make.Cast) -> Round:
    return stage.open_round(cast)


def member_of(round: Round) -> RoundTranscript:
    return round.transcripts.get()


def test_the_new_pass_is_primary_in_no_round_and_changes_no_figure(cast: make.Cast, round: Round) -> None:
    stage.conferring(cast, round)
    (before,) = queries.over_rounds(study=cast.study, level="answer")
    given = actions.reopen(member=member_of(round), coder=cast.ruth, reason=WHY, by=cast.pi, now=NOW)
    assert (given.kind, given.state, hasattr(given, "in_round")) == ("primary", "assigned", False)
    old = stage.work_of(round, cast.ruth)
    assert (old.state, old.voided_at) == ("submitted", None)
    stored = actions.request_run(round=round, by=cast.pi)
    assert stored.agreement_run.round == round
    assert queries.over_rounds(study=cast.study, level="answer") == [before]
    told = [each.words for each in queries.happenings(round=round, with_ties=False)]
    assert any("not independent and not counted" in each and WHY in each for each in told)


def test_not_before_the_release_nor_for_somebody_else(cast: make.Cast, round: Round) -> None:
    with pytest.raises(actions.NotReleasedYet):
        actions.reopen(member=member_of(round), coder=cast.ruth, reason=WHY, by=cast.pi, now=NOW)
    stage.conferring(cast, round)
    with pytest.raises(actions.NotTheirTranscript):
        actions.reopen(member=member_of(round), coder=cast.adjudicator, reason=WHY, by=cast.pi, now=NOW)
    with pytest.raises(actions.ReasonNeeded):
        actions.reopen(member=member_of(round), coder=cast.ruth, reason="", by=cast.pi, now=NOW)


def test_the_pi_opens_it_on_the_round_page(client: Client, cast: make.Cast, round: Round) -> None:
    stage.conferring(cast, round)
    client.force_login(cast.pi)
    ask = at("round_transcript_reopen", cast, round.id, member_of(round).id)
    assert ask in client.get(at("round", cast, round.id)).text
    assert client.post(ask, {"coder": cast.ruth.id, "reason": ""}).status_code == 422
    assert client.post(ask, {"coder": cast.ruth.id, "reason": WHY}).status_code == 302
    assert client.post(ask, {"coder": cast.ruth.id, "reason": WHY}).status_code == 422
    with acting_as(cast.ruth.id):
        assert CodingAssignment.objects.filter(coder=cast.ruth, kind="primary").count() == 1
    client.force_login(cast.ruth)
    assert client.get(ask).status_code == 403


def test_the_same_over_the_api(client: Client, cast: make.Cast, round: Round) -> None:
    stage.conferring(cast, round)
    client.force_login(cast.pi)
    base = f"/api/v1/studies/{cast.study.id}/rounds/{round.id}/transcripts/{member_of(round).id}/reopen/"
    given = {"coder": str(cast.jin.id), "reason": WHY}
    made = client.post(base, given, content_type="application/json")
    assert (made.status_code, made.json()["kind"], made.json()["coder"]) == (201, "primary", str(cast.jin.id))
