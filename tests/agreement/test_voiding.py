"""A round is voided: blind work is set aside, nothing is counted, and every page says so."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from apps.agreement import actions, queries
from apps.agreement.models import Decision, Round
from apps.audit.models import AuditEvent
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.notices.models import Notice
from tests import make
from tests.agreement import stage
from tests.web.asking import at, is_clean

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.NOW
WHY = "b1 had to be split while it was coded."


def void(cast: make.Cast, round: Round, reason: str = WHY) -> Round:
    with acting_as(cast.pi.id):
        return actions.void(round=round, reason=reason, by=cast.pi, now=NOW)


def test_blind_work_is_set_aside_and_stays_with_its_coder(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    stage.code(round, cast.ruth, "a1", 41, 80)
    stage.submit(round, cast.ruth)
    voided = void(cast, round)
    assert (voided.state, voided.voided_by, voided.voided_reason) == ("void", cast.pi, WHY)
    assert set(CodingAssignment.objects.values_list("voided_at", "released_at")) == {(NOW, None)}
    told = set(Notice.objects.filter(kind="round voided").values_list("recipient__name", flat=True))
    assert told == {"Ruth Hale", "Jin Park", "Tomas Reyes"}
    assert AuditEvent.objects.get(verb="voided").detail == {"before": "coding"}
    for reader, seen in ((cast.ruth, 1), (cast.jin, 0), (cast.pi, 0)):
        with acting_as(reader.id):
            assert Coding.objects.count() == seen


def test_a_transcript_of_a_round_voided_before_its_release_can_be_drawn_again(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    version = round.transcripts.get().transcript_version
    void(cast, round)
    again = actions.open_round(
        study=cast.study,
        transcript_versions=[version],
        coders=[cast.ruth, cast.jin],
        adjudicator=cast.adjudicator,
        codebook_version=round.codebook_version,
        by=cast.pi,
        now=NOW,
    )
    assert (again.number, again.state) == (2, "coding")


def test_only_a_round_under_way_is_voided_and_only_with_a_reason(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    with pytest.raises(actions.ReasonNeeded):
        void(cast, round, reason=" ")
    void(cast, round)
    with pytest.raises(actions.NotToBeVoided):
        void(cast, round)


def test_after_the_release_codings_stay_readable_and_are_counted_nowhere(
    client: Client, cast: make.Cast
) -> None:
    round = stage.open_round(cast)
    found = stage.conferring(cast, round)
    void(cast, round)
    assert queries.over_rounds(study=cast.study, level="answer") == []
    with acting_as(cast.ruth.id):
        assert Coding.objects.filter(assignment__coder=cast.jin).exists()
        assert queries.coder_record(study=cast.study, coder=cast.ruth, reader=cast.ruth).rounds == []
    with pytest.raises(actions.NotOpenForDecisions):
        actions.settle(
            discrepancy=found["b1"],
            outcome=Decision.Outcome.NEITHER,
            reason="No.",
            by=cast.adjudicator,
            now=NOW,
        )
    with pytest.raises(actions.NotComputed):
        actions.close(round=round, by=cast.pi, now=NOW)
    client.force_login(cast.pi)
    pages = ("round", "agreement", "discrepancies")
    for name in pages:
        page = client.get(at(name, cast, round.id))
        assert (page.status_code, is_clean(page)) == (200, True)
    assert WHY in client.get(at("round", cast, round.id)).text
    assert WHY in client.get(at("agreement", cast, round.id)).text
    case = client.get(at("discrepancy", cast, round.id, found["b1"].id)).text
    assert "The round is void" in case
    assert "Void the round" not in client.get(at("round", cast, round.id)).text


def test_it_asks_for_the_password_first(client: Client, cast: make.Cast) -> None:
    round = stage.open_round(cast)
    client.force_login(cast.pi)
    assert "reauthenticate" in client.post(at("round_void", cast, round.id), {"reason": WHY}).url
    round.refresh_from_db()
    assert round.state == "coding"
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    assert client.post(at("round_void", cast, round.id), {"reason": ""}).status_code == 422
    client.post(at("round_void", cast, round.id), {"reason": WHY})
    round.refresh_from_db()
    assert round.state == "void"


def test_coders_cannot_void(client: Client, cast: make.Cast) -> None:
    round = stage.open_round(cast)
    client.force_login(cast.ruth)
    assert client.get(at("round_void", cast, round.id)).status_code == 403


def test_the_database_knows_who_voided_it_and_why(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    with pytest.raises(IntegrityError, match="round_void_by_somebody"), transaction.atomic():
        Round.objects.filter(id=round.id).update(state="void")
