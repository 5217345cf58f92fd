"""A round through the API from its plan to what comes between."""

from typing import Any

import pytest

from apps.agreement.models import Round
from apps.audit.models import AuditEvent
from tests import make
from tests.agreement import stage
from tests.api.asking import address, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(cast: make.Cast) -> dict[str, Any]:
    """Of one transcript of each group, for two coders."""
    return {
        "codebook_version": str(make.codebook(cast.study).id),
        "coders": [str(cast.ruth.id), str(cast.jin.id)],
        "adjudicator": str(cast.adjudicator.id),
        "strata": ["group"],
        "at_least": 2,
        "share": 0,
        "per_group": 1,
        "per_site": 0,
        "per_interviewer": 0,
        "thresholds": [0.667, 0.8],
        "seed": 7,
    }


def planned(cast: make.Cast, plan: dict[str, Any]) -> Round:
    answer = signed_in(cast.pi).post(address("round_plans", cast), plan, format="json")
    assert (answer.status_code, answer.json()["state"]) == (201, "planned")
    return Round.objects.get(id=answer.json()["id"])


def test_a_plan_is_made_by_the_pi_only_and_read_by_the_team(cast: make.Cast, plan: dict[str, Any]) -> None:
    for person, status in ((cast.ruth, 403), (cast.administrator, 403), (cast.outsider, 404)):
        answer = signed_in(person).post(address("round_plans", cast), plan, format="json")
        assert answer.status_code == status
    round = planned(cast, plan)
    read = signed_in(cast.ruth).get(address("round_plan", cast, round.id)).json()
    assert (read["thresholds"], read["seed"], read["drawn_at"]) == ([0.667, 0.8], 7, None)
    assert signed_in(cast.outsider).get(address("round_plan", cast, round.id)).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"tolerance": 1.5}, "tolerance"),
        ({"thresholds": [2]}, "thresholds"),
        ({"coders_per_transcript": 1}, "coders_per_transcript"),
        ({"coders": ["00000000-0000-4000-8000-000000000000"]}, "coders"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_plan_that_makes_no_sense_names_its_field(
    cast: make.Cast, plan: dict[str, Any], wrong: dict[str, Any], field: str
) -> None:
    answer = signed_in(cast.pi).post(address("round_plans", cast), {**plan, **wrong}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_plan_is_changed_and_thrown_away_until_it_is_drawn(cast: make.Cast, plan: dict[str, Any]) -> None:
    pi, round = signed_in(cast.pi), planned(cast, plan)
    here = address("round_plan", cast, round.id)
    changed = pi.put(here, {**plan, "seed": 8, "has_sealed_proposals": True}, format="json")
    assert (changed.json()["seed"], changed.json()["has_sealed_proposals"]) == (8, True)
    assert signed_in(cast.ruth).delete(here).status_code == 403
    assert pi.delete(here).status_code == 204
    assert Round.objects.count() == 0


def test_what_the_preview_shows_is_drawn_and_then_the_plan_stays(
    cast: make.Cast, plan: dict[str, Any]
) -> None:
    make.transcript(cast.study)
    pi, round = signed_in(cast.pi), planned(cast, {**plan, "at_least": 1})
    here = address("round_draw", cast, round.id)
    preview = pi.get(here).json()
    assert [len(each["coders"]) for each in preview["taken"]] == [2]
    assert signed_in(cast.ruth).get(here).status_code == 403
    stale = pi.post(here, {"shown": "something else"}, format="json")
    assert stale.status_code == 422
    drawn = pi.post(here, {"shown": preview["digest"]}, format="json")
    assert drawn.status_code == 201
    members = pi.get(address("round_transcripts", cast, round.id)).json()["results"]
    assert [each["id"] for each in members] == [each["id"] for each in drawn.json()]
    assert pi.put(address("round_plan", cast, round.id), plan, format="json").status_code == 422
    assert pi.delete(address("round_plan", cast, round.id)).status_code == 422


def test_batches_are_planned_and_released_one_by_one(cast: make.Cast, plan: dict[str, Any]) -> None:
    pi = signed_in(cast.pi)
    plan = {**plan, "batches": [{"name": "First week", "size": 2}, {"name": "Second week"}]}
    made = pi.post(address("round_plans", cast), plan, format="json").json()
    sizes = [(each["name"], each["size"]) for each in made["batches"]]
    assert sizes == [("First week", 2), ("Second week", None)]
    single = {**plan, "batches": [{"name": "Alone"}]}
    answer = pi.post(address("round_plans", cast), single, format="json")
    assert (answer.status_code, answer.json()["detail"][:20]) == (422, "Name two batches or ")
    first, second = stage.in_batches(cast)
    release = address("round_release", cast, first.round.id)
    stage.submit_in(first, cast.ruth, cast.jin)
    refused = pi.post(release, {"batch": str(second.id)}, format="json")
    assert (refused.status_code, refused.json()["detail"][:11]) == (422, "Second week")
    assert pi.post(release, {"batch": str(cast.study.id)}, format="json").status_code == 404
    batches = pi.post(release, {"batch": str(first.id)}, format="json").json()["batches"]
    assert [each["released_at"] is not None for each in batches] == [True, False]


def test_a_round_is_voided_with_the_password_and_a_reason(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    pi, here = signed_in(cast.pi), address("round_void", cast, round.id)
    why = {"reason": "The code a1 was split."}
    for wrong in ({}, {"password": ""}, {"password": "a guess"}):
        answer = pi.post(here, {**why, **wrong}, format="json")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["password"])
    answer = pi.post(here, {"password": make.PASSWORD}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])
    round.refresh_from_db()
    assert round.state == "coding"
    answer = pi.post(here, {**why, "password": make.PASSWORD}, format="json")
    assert (answer.status_code, answer.json()["state"]) == (200, "void")
    assert pi.post(here, {**why, "password": make.PASSWORD}, format="json").status_code == 422


def test_unblinding_asks_for_the_password_and_is_on_record(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    member = round.transcripts.get()
    here = address("round_transcript_unblind", cast, round.id, member.id)
    said = {"reason": "Somebody is at risk.", "password": make.PASSWORD}
    for person, status in ((cast.ruth, 403), (cast.administrator, 403), (cast.outsider, 404)):
        assert signed_in(person).post(here, said, format="json").status_code == status
    pi = signed_in(cast.pi)
    assert pi.post(here, {**said, "password": "a guess"}, format="json").status_code == 400
    member.refresh_from_db()
    assert member.unblinded_at is None
    answer = pi.post(here, said, format="json")
    assert (answer.status_code, bool(answer.json()["unblinded_at"])) == (200, True)
    assert make.PASSWORD not in str(list(AuditEvent.objects.values()))
    assert pi.post(here, said, format="json").status_code == 422


def test_a_group_has_a_number_of_its_own_in_a_plan(cast: make.Cast, plan: dict[str, Any]) -> None:
    for _ in range(3):
        make.transcript(cast.study)
    group = cast.study.groups.get()
    own = {"stratum": "group", "of": str(group.id), "number": 5}
    round = planned(cast, {**plan, "at_least": 0, "own_numbers": [own]})
    pi = signed_in(cast.pi)
    assert pi.get(address("round_plan", cast, round.id)).json()["own_numbers"] == [{**own, "share": None}]
    preview = pi.get(address("round_draw", cast, round.id)).json()
    assert len(preview["taken"]) == 3
    assert preview["out_of_reach"] == [{"name": group.name, "wanted": 5, "possible": 3}]
    stray = {**own, "of": "00000000-0000-4000-8000-000000000000"}
    answer = pi.put(address("round_plan", cast, round.id), {**plan, "own_numbers": [stray]}, format="json")
    assert answer.status_code == 422
    assert "not in the study" in answer.json()["detail"]


def test_a_draw_is_ended_and_taken_up_again_by_the_pi_only(cast: make.Cast) -> None:
    round = stage.rolling_round(cast)
    stage.submit(round, cast.ruth, cast.jin)
    end, again = address("round_draw_end", cast, round.id), address("round_draw_again", cast, round.id)
    for person, status in ((cast.ruth, 403), (cast.administrator, 403), (cast.outsider, 404)):
        assert [signed_in(person).post(act).status_code for act in (end, again)] == [status, status]
    pi = signed_in(cast.pi)
    assert pi.post(end).json()["state"] == "held"
    assert pi.post(end).status_code == 422
    taken_up = pi.post(again).json()
    assert (taken_up["state"], taken_up["drawn_at"]) == ("coding", None)
    assert pi.post(again).status_code == 422


def test_another_adjudicator_is_named_by_the_pi_only(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    here = address("round_adjudicator_replace", cast, round.id)
    for person, status in ((cast.adjudicator, 403), (cast.outsider, 404)):
        assert signed_in(person).post(here, {"instead": str(cast.pi.id)}).status_code == status
    pi = signed_in(cast.pi)
    assert pi.post(here, {"instead": str(cast.ruth.id)}).status_code == 422
    assert pi.post(here, {"instead": str(cast.pi.id)}).json()["adjudicator"] == str(cast.pi.id)
