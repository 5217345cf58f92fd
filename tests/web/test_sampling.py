from typing import Any

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.participants import actions
from apps.participants.actions import Happened
from apps.participants.models import Participant, RecruitmentEvent, RecruitmentRound
from tests import make
from tests.web.asking import at, is_clean, queries_of

HOSTILE = "<script>alert(1)</script> 🙂 =1+1"
STEP = {"step": "approached", "happened_on": "2026-03-01"}


@pytest.fixture
def person(cast: make.Cast) -> Participant:
    return make.participant(cast.study, group=cast.group, site=cast.site)


@pytest.fixture
def elsewhere(cast: make.Cast) -> Participant:
    return make.participant(cast.study, group=cast.group, site=make.site(cast.study, "Southdown"))


def test_a_study_without_groups_is_told_to_add_them(client: Client, db: None) -> None:
    study = make.study()
    client.force_login(make.member(study, make.Role.PI))
    page = client.get(f"/studies/{study.id}/sampling/")
    assert f"/studies/{study.id}/settings/" in page.content.decode()


def test_the_board_takes_the_same_queries_for_one_and_for_many(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    client.force_login(cast.administrator)
    make.interview(cast.study, participant=person)
    one = queries_of(client, at("sampling", cast))
    for _ in range(3):
        make.interview(cast.study, participant=make.participant(cast.study, group=cast.group))
    assert queries_of(client, at("sampling", cast)) == one


def test_a_cell_is_looked_at_without_the_rest_of_the_page(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    chosen = f"{at('sampling', cast)}?cell={cast.group.id}.{cast.site.id}"
    part = client.get(chosen, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<section id="board-cell"')
    assert "Hub clients at Northmoor" in client.get(chosen).content.decode()


@pytest.mark.parametrize("page", ["sampling", "recruitment_day", "recruitment_funnel", "recruitment_rounds"])
def test_a_recruiter_may_look_but_is_offered_no_target(client: Client, cast: make.Cast, page: str) -> None:
    client.force_login(cast.recruiter)
    answer = client.get(at(page, cast))
    assert answer.status_code == 200
    assert is_clean(answer)
    assert at("sampling_target", cast) not in answer.content.decode()


def test_a_target_is_set_and_refused_beside_its_field(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    given = {"group": cast.group.id, "site": cast.site.id, "minimum": 5, "maximum": 2, "reason": HOSTILE}
    refused = client.post(at("sampling_target", cast), given)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["maximum"])
    assert client.post(at("sampling_target", cast), {**given, "maximum": 7}).status_code == 302
    page = client.get(at("sampling_target", cast)).content.decode()
    assert "<script>alert(1)" not in page
    assert "5–7" in page


def test_steps_of_several_people_are_recorded_at_once(client: Client, cast: make.Cast) -> None:
    people = [make.participant(cast.study, group=cast.group, site=cast.site) for _ in range(3)]
    client.force_login(cast.recruiter)
    page = f"{at('sampling_cell', cast, cast.group.id)}?site={cast.site.id}"
    sent = client.post(at("steps_record", cast), {**STEP, "person": [p.id for p in people[:2]], "back": page})
    assert (sent.status_code, sent.headers["Location"]) == (302, page)
    assert set(RecruitmentEvent.objects.values_list("participant", flat=True)) == {p.id for p in people[:2]}
    assert AuditEvent.objects.get(noun="recruitment step").object_name == "2 people"


@pytest.mark.parametrize("back", ["https://example.org/studies/", "//example.org/studies/", ""])
def test_nobody_is_sent_elsewhere(client: Client, cast: make.Cast, person: Participant, back: str) -> None:
    client.force_login(cast.recruiter)
    sent = client.post(at("steps_record", cast), {**STEP, "person": person.id, "back": back})
    assert sent.headers["Location"] == at("sampling", cast)


def test_a_step_that_cannot_be_comes_back_with_the_people(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    client.force_login(cast.administrator)
    sent = client.post(at("steps_record", cast), {**STEP, "step": "other", "person": person.id})
    assert (sent.status_code, list(sent.context["form"].errors)) == (422, ["detail"])
    assert sent.context["people"] == [person]
    nobody = client.post(at("steps_record", cast), STEP)
    assert nobody.status_code == 422


def test_people_of_another_site_are_not_found(
    client: Client, cast: make.Cast, person: Participant, elsewhere: Participant
) -> None:
    client.force_login(cast.recruiter)
    sent = client.post(at("steps_record", cast), {**STEP, "person": [person.id, elsewhere.id]})
    assert sent.status_code == 404
    assert not RecruitmentEvent.objects.exists()
    assert (
        client.get(f"{at('sampling_cell', cast, cast.group.id)}?site={elsewhere.site_id}").status_code == 404
    )
    assert elsewhere.pseudonym not in client.get(at("sampling_cell", cast, cast.group.id)).content.decode()
    [event] = actions.record_steps(
        participants=[elsewhere],
        happened=Happened("replied", make.NOW.date()),
        by=cast.administrator,
        now=make.NOW,
    )
    assert client.post(at("step_remove", cast, event.id)).status_code == 404
    number = {"people": 4, "group": cast.group.id, "site": elsewhere.site_id, **STEP}
    assert client.post(at("recruitment_numbers", cast), number).status_code == 422
    page = client.get(at("recruitment_funnel", cast)).content.decode()
    assert "Southdown" not in page


def test_a_round_is_opened_closed_and_opened_again(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    given: dict[str, Any] = {
        "title": HOSTILE,
        "origin": "finding",
        "rationale": "Mostly positive",
        "opened_on": "2026-02-01",
        "group": cast.group.id,
    }
    refused = client.post(at("recruitment_round_open", cast), given)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["finding"])
    assert (
        client.post(at("recruitment_round_open", cast), {**given, "finding": "9 of 10 help"}).status_code
        == 302
    )
    opened = RecruitmentRound.objects.get()
    for path in (at("recruitment_rounds", cast), at("recruitment_round", cast, opened.id)):
        assert "<script>alert(1)" not in client.get(path).content.decode()
    client.post(at("recruitment_round_close", cast, opened.id), {"on": "2026-02-20", "outcome": "None"})
    opened.refresh_from_db()
    assert not opened.is_open
    client.post(at("recruitment_round_close", cast, opened.id), {"reopen": "1"})
    opened.refresh_from_db()
    assert opened.is_open
    changed = {**given, "finding": "8 of 10 help", "title": "Back"}
    client.post(at("recruitment_round_change", cast, opened.id), changed)
    opened.refresh_from_db()
    assert (opened.title, opened.finding) == ("Back", "8 of 10 help")


def test_routes_are_added_changed_and_removed(client: Client, cast: make.Cast, person: Participant) -> None:
    client.force_login(cast.administrator)
    given = {"name": "Poster", "permission_basis": HOSTILE, "remind_after_days": 14}
    client.post(at("routes", cast), given)
    assert client.post(at("routes", cast), given).status_code == 422
    route = cast.study.routes.get()
    assert not route.is_denominator_known
    client.post(at("route", cast, route.id), {**given, "name": "Posters"})
    actions.record_step(
        participant=person,
        happened=Happened("approached", make.NOW.date(), route=route),
        by=cast.administrator,
        now=make.NOW,
    )
    client.post(at("route_remove", cast, route.id))
    assert cast.study.routes.get().name == "Posters"


@pytest.mark.parametrize("kind", ["xlsx", "csv", "svg"])
def test_the_board_leaves_without_the_names_of_sites(
    client: Client, cast: make.Cast, person: Participant, kind: str
) -> None:
    client.force_login(cast.administrator)
    answer = client.get(at("board_download", cast, kind))
    assert answer.status_code == 200
    assert b"Northmoor" not in answer.content
    assert AuditEvent.objects.filter(verb="downloaded").count() == 1
    assert client.get(at("board_download", cast, "exe")).status_code == 404


def test_a_person_shows_the_steps_and_takes_the_next_one(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    client.force_login(cast.recruiter)
    client.post(at("steps_record", cast), {**STEP, "person": person.id})
    shown = client.get(at("participant", cast, person.id))
    assert is_clean(shown)
    assert [each.step for each in shown.context["events"]] == [STEP["step"]]
    assert "Record a step" in shown.content.decode()
    client.force_login(cast.observer)
    assert "Record a step" not in client.get(at("participant", cast, person.id)).content.decode()
