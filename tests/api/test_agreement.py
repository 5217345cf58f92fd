"""Rounds through the API: the same actions, the same permissions, problems in one shape."""

import pytest

from apps.agreement.models import Round
from tests import make
from tests.agreement import stage
from tests.api.asking import address, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def round(cast: make.Cast) -> Round:
    return stage.open_round(cast)


def plan_of(cast: make.Cast) -> dict[str, object]:
    return {
        "kind": "main",
        "codebook_version": str(make.codebook(cast.study).id),
        "transcript_versions": [str(make.transcript(cast.study).id)],
        "coders": [str(cast.ruth.id), str(cast.jin.id)],
        "adjudicator": str(cast.adjudicator.id),
    }


def test_a_round_is_opened_by_the_pi_only(cast: make.Cast) -> None:
    plan = plan_of(cast)
    assert signed_in(cast.ruth).post(address("rounds", cast), plan, format="json").status_code == 403
    assert signed_in(cast.outsider).post(address("rounds", cast), plan, format="json").status_code == 404
    answer = signed_in(cast.pi).post(address("rounds", cast), plan, format="json")
    assert (answer.status_code, answer.json()["number"], answer.json()["state"]) == (201, 1, "coding")


def test_a_refusal_is_a_problem_with_one_sentence(cast: make.Cast) -> None:
    plan = {**plan_of(cast), "adjudicator": str(cast.ruth.id)}
    answer = signed_in(cast.pi).post(address("rounds", cast), plan, format="json")
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Ruth Hale codes in this round and so cannot be its adjudicator."
    assert Round.objects.count() == 0


def test_people_of_another_study_cannot_be_named(cast: make.Cast) -> None:
    plan = {**plan_of(cast), "coders": [str(cast.ruth.id), str(cast.outsider.id)]}
    answer = signed_in(cast.pi).post(address("rounds", cast), plan, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["coders"])


def test_figures_and_discrepancies_are_read_and_decided(cast: make.Cast, round: Round) -> None:
    client = signed_in(cast.pi)
    assert client.get(address("agreement", cast, round.id)).status_code == 404
    missed = stage.conferring(cast, round)["b1"]
    figures = client.get(address("agreement", cast, round.id), {"level": "turn"}).json()
    assert (figures["level"], len(figures["results"])) == ("turn", 7)
    rows = client.get(address("discrepancies", cast, round.id)).json()["results"]
    assert sorted(row["kind"] for row in rows) == ["influence", "missed", "missed"]
    settle = address("discrepancy_settle", cast, round.id, missed.id)
    assert signed_in(cast.ruth).post(settle, {"outcome": "neither", "reason": "No."}).status_code == 403
    assert client.post(settle, {"outcome": "neither"}).status_code == 422
    assert client.post(settle, {"outcome": "neither", "reason": "No."}).status_code == 201
    undo = address("discrepancy_undo", cast, round.id, missed.id)
    assert [client.post(undo).status_code, client.post(undo).status_code] == [200, 422]
    assert client.post(address("round_close", cast, round.id)).json()["state"] == "closed"
    assert signed_in(cast.administrator).get(address("discrepancies", cast, round.id)).status_code == 403


def test_a_failed_request_leaves_nothing_half_done(cast: make.Cast, round: Round) -> None:
    answer = signed_in(cast.pi).post(address("round_release", cast, round.id))
    round.refresh_from_db()
    assert (answer.status_code, round.state) == (422, Round.State.CODING)
    assert answer["Content-Type"] == "application/problem+json"


def test_the_report_is_answered_for_what_is_asked(cast: make.Cast, round: Round) -> None:
    stage.conferring(cast, round)
    client = signed_in(cast.pi)

    def ask(**asked: object) -> tuple[int, dict[str, object]]:
        answer = client.get(address("agreement", cast, round.id), asked)
        return answer.status_code, answer.json()

    _, found = ask()
    assert found["coders"] == sorted([str(cast.ruth.id), str(cast.jin.id)])
    assert (found["transcripts"], found["discrepancies"], found["level"]) == (1, 3, "answer")
    used = next(each for each in found["results"] if each["both"])
    assert used["estimates"]["krippendorff_alpha"]["reason"] == "few_units"
    assert [len(each["cells"]) for each in found["confusions"]] == [6]
    assert found["methods"].startswith("Two coders independently coded 1 of 1 transcripts")
    pair = {"first_coder": cast.ruth.id, "second_coder": cast.jin.id}
    assert ask(**pair)[1]["results"] == found["results"]
    assert ask(speakers="everybody", level="character")[0] == 200
    for wrong in (
        {"level": "paragraph"},
        {"first_coder": cast.ruth.id},
        {**pair, "second_coder": cast.outsider.id},
        {"speakers": "all but interviewers"},
    ):
        assert ask(**wrong)[0] == 400, wrong
    other = ask(group="00000000-0000-0000-0000-000000000000")[1]
    assert (other["transcripts"], other["results"], other["discrepancies"]) == (0, [], 0)
