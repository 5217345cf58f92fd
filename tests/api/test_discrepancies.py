"""Conferring and adjudicating through the API: the same rules, and nothing more than the pages show."""

import json

import pytest

from apps.agreement.models import Discrepancy, Resolution, Round
from tests import make
from tests.agreement import stage
from tests.api.asking import address, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def options() -> dict[str, bool]:
    """Those of the round's plan; a test that needs others names them."""
    return {}


@pytest.fixture
def round(cast: make.Cast, options: dict[str, bool]) -> Round:
    return stage.open_round(cast, **options)


@pytest.fixture
def missed(cast: make.Cast, round: Round) -> Discrepancy:
    return stage.conferring(cast, round)["b1"]


def test_the_pair_proposes_talks_leaves_and_agrees(
    cast: make.Cast, round: Round, missed: Discrepancy
) -> None:
    ruth, jin, here = signed_in(cast.ruth), signed_in(cast.jin), (round.id, missed.id)
    side = stage.side_of(missed, cast.ruth).value
    wish = {"outcome": side, "extent": "new", "start": 150, "end": 180, "cause": "extent"}
    made = ruth.post(address("propose", cast, *here), wish, format="json")
    assert (made.status_code, made.json()["proposals"][0]["words"]) == (201, "Ruth Hale, new boundaries")
    said = jin.post(address("comments", cast, *here), {"text": "Why so short?"}, format="json")
    line = said.json()["thread"][0]
    assert (line["author"], line["text"]) == ("Jin Park", "Why so short?")
    taken = address("comment", cast, *here, line["id"])
    assert [each.delete(taken).status_code for each in (ruth, jin)] == [422, 200]
    assert jin.post(address("escalate", cast, *here)).json()["escalated_by"] == "Jin Park"
    queue = signed_in(cast.adjudicator).get(address("adjudication", cast)).json()
    assert [each["discrepancy"] for each in queue] == [str(missed.id)]
    assert ruth.get(address("adjudication", cast)).status_code == 403
    assert ruth.post(address("take_up", cast, *here)).status_code == 200
    proposal = jin.get(address("case", cast, *here)).json()["proposals"][0]["id"]
    agreed = jin.post(address("proposal_confirm", cast, *here, proposal)).json()
    assert agreed["resolution"]["by"] == "Jin Park"
    assert [(each.start, each.end) for each in Resolution.objects.get().passages.all()] == [(150, 180)]
    assert signed_in(cast.observer).get(address("case", cast, *here)).status_code == 403


def test_a_meeting(cast: make.Cast, round: Round, missed: Discrepancy) -> None:
    ruth, jin, here = signed_in(cast.ruth), signed_in(cast.jin), (round.id, missed.id)
    meeting = ruth.post(address("meetings", cast, round.id)).json()["id"]
    joined = jin.post(address("meeting_join", cast, round.id, meeting)).json()
    assert joined["present"] == [str(cast.ruth.id), str(cast.jin.id)]
    record = address("outcome_record", cast, *here, meeting)
    assert jin.post(record, {"outcome": "neither", "reason": "No."}, format="json").status_code == 422
    recorded = ruth.post(record, {"outcome": "neither", "reason": "No."}, format="json").json()
    confirm = address("proposal_confirm", cast, *here, recorded["proposals"][0]["id"])
    assert jin.post(confirm).json()["resolution"]["words"] == "Neither"
    assert ruth.post(address("meeting_end", cast, round.id, meeting)).json()["present"] == []
    assert ruth.get(address("meetings", cast, round.id)).json() == []


@pytest.mark.parametrize("options", [{"has_unnamed_sides": True}])
def test_unnamed_sides_have_no_name_and_no_id_that_leads_to_one(
    cast: make.Cast, round: Round, missed: Discrepancy
) -> None:
    ruth, adjudicator, here = signed_in(cast.ruth), signed_in(cast.adjudicator), (round.id, missed.id)
    ruth.post(address("comments", cast, *here), {"text": "It is about trust."}, format="json")
    ruth.post(
        address("propose", cast, *here), {"outcome": stage.side_of(missed, cast.ruth).value}, format="json"
    )
    asked = [address("discrepancy", cast, *here), address("case", cast, *here)]
    asked += [address("discrepancies", cast, round.id), address("adjudication", cast)]
    secrets = [cast.ruth.name, cast.jin.name, str(cast.ruth.id), str(cast.jin.id)]
    secrets += [str(missed.first_assignment_id), str(missed.second_assignment_id)]
    secrets += map(str, [*missed.first_codings, *missed.second_codings])
    answers = {each: adjudicator.get(each).content.decode() for each in asked}
    assert [(each, secret) for each in asked for secret in secrets if secret in answers[each]] == []
    # The side that has coded something, by the name that this reader is given, is Ruth's.
    shown = json.loads(answers[asked[0]])
    side = "first" if shown["first_code"] else "second"
    made = adjudicator.post(address("discrepancy_settle", cast, *here), {"outcome": side}, format="json")
    assert (made.status_code, made.json()["outcome"]) == (201, side)
    assert Resolution.objects.get().outcome == stage.side_of(missed, cast.ruth)


def test_boundaries_and_the_end_of_conferring(cast: make.Cast, round: Round, missed: Discrepancy) -> None:
    pi = signed_in(cast.pi)
    done = pi.post(address("boundaries", cast, round.id), {"words": 5}, format="json").json()
    assert (done["settled"], done["proposed"]) == (0, 0)
    assert pi.post(address("boundaries_undo", cast, round.id, done["id"])).json() == {"undone": 0}
    ends = [address(name, cast, round.id) for name in ("conferring_end", "conferring_again")]
    assert [pi.post(each).json()["state"] for each in ends] == ["adjudicating", "conferring"]
