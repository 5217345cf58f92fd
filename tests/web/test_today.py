from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apps.agreement import actions as agreement
from apps.analysis.queries import Waiting
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.notices import actions as notices
from apps.studies import actions as studies
from apps.studies.models import Membership
from apps.web.views.today import OF_A_ROUND, TASKS, task_for
from tests import make
from tests.agreement import stage
from tests.web.asking import at, queries_of


def words(client: Client, cast: make.Cast) -> str:
    return client.get(at("study_today", cast)).content.decode()


def tasks(client: Client, cast: make.Cast) -> list[tuple[str, str]]:
    found = client.get(at("study_today", cast)).context["tasks"]
    return [(str(task.title), task.url) for task in found]


def test_the_only_study_opens_by_itself(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    assert client.get(reverse("today")).headers["Location"] == at("study_today", cast)
    other = cast.outsider.memberships.get().study
    Membership.objects.create(study=other, user=cast.ruth, roles=["coder"])
    page = client.get(reverse("today"))
    assert [row.study for row in page.context["memberships"]] == [other, cast.study]


@pytest.mark.parametrize("member", ["pi", "ruth", "adjudicator", "administrator", "recruiter", "observer"])
def test_every_role_has_a_today(client: Client, cast: make.Cast, member: str) -> None:
    client.force_login(getattr(cast, member))
    make.transcript(cast.study)
    make.assignment(cast.study, cast.ruth)
    assert client.get(at("study_today", cast)).status_code == 200


def test_an_empty_study_says_its_next_steps(client: Client, db: None) -> None:
    pi = make.person(may_open_studies=True)
    study = studies.open_study(name="Rural outreach", by=pi, now=make.NOW)
    client.force_login(pi)
    page = client.get(reverse("study_today", args=[study.id]))
    assert [(str(step.title), step.is_done, step.is_next) for step in page.context["steps"]] == [
        ("Say whom you will interview", False, True),
        ("Choose a codebook", False, False),
        ("Invite the team", False, False),
        ("Bring in transcripts", False, False),
    ]


def test_an_administrator_is_not_asked_to_choose_a_codebook(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    steps = client.get(at("study_today", cast)).context["steps"]
    assert [str(step.title) for step in steps] == [
        "Say whom you will interview",
        "Invite the team",
        "Bring in transcripts",
    ]
    client.force_login(cast.ruth)
    assert client.get(at("study_today", cast)).context["steps"] == []


def test_a_study_that_is_set_up_says_no_more_steps(client: Client, cast: make.Cast) -> None:
    make.assignment(cast.study, cast.ruth)
    client.force_login(cast.pi)
    assert client.get(at("study_today", cast)).context["steps"] == []


def test_a_coder_sees_what_is_theirs_and_where_to_carry_on(client: Client, cast: make.Cast) -> None:
    begun = make.assignment(cast.study, cast.ruth)
    CodingAssignment.objects.filter(id=begun.id).update(state="in_progress", started_at=make.NOW)
    make.assignment(cast.study, cast.jin)
    client.force_login(cast.ruth)
    page = client.get(at("study_today", cast))
    assert [line.assignment for line in page.context["assignments"]] == [begun]
    assert page.context["carry_on"].url == at("assignment", cast, begun.id)
    client.force_login(cast.administrator)
    assert client.get(at("study_today", cast)).context["assignments"] == []


def test_what_waits_is_said_with_its_number_and_leads_there(client: Client, cast: make.Cast) -> None:
    make.transcript(cast.study, is_ready=False)
    make.interview(cast.study)
    make.interview(cast.study)
    client.force_login(cast.administrator)
    assert [title for title, _ in tasks(client, cast)] == [
        "Check 1 transcript",
        "2 interviews have no transcript",
    ]
    assert "2 things wait for you." in words(client, cast)


@pytest.mark.parametrize("kind", list(TASKS))
def test_every_kind_of_task_has_words_and_a_page(client: Client, cast: make.Cast, kind: str) -> None:
    task = task_for(cast.study, Waiting(kind, 2, round_id=uuid4(), round_number=3))
    assert "%" not in f"{task.title}{task.line}"
    client.force_login(cast.pi)
    assert client.get(task.url).status_code == (404 if TASKS[kind][2] in OF_A_ROUND else 200)


@pytest.mark.django_db(transaction=True)
def test_a_released_round_leads_each_to_their_page(client: Client, cast: make.Cast) -> None:
    round = stage.open_round(cast)
    client.force_login(cast.pi)
    assert "hidden until release" in words(client, cast)
    found = stage.conferring(cast, round)
    number = len(found)
    assert tasks(client, cast) == [(f"{number} discrepancies are open", at("round", cast, round.id))]
    client.force_login(cast.ruth)
    here = at("discrepancies", cast, round.id)
    assert tasks(client, cast) == [(f"Confer on {number} discrepancies", here)]
    client.force_login(cast.adjudicator)
    assert tasks(client, cast) == []
    with acting_as(cast.ruth.id):
        agreement.escalate(discrepancy=found["a2"], by=cast.ruth, now=make.NOW)
    assert tasks(client, cast) == [("Decide 1 discrepancy", at("adjudication", cast))]
    client.force_login(cast.observer)
    assert client.get(at("study_today", cast)).context["rounds"] == []


@pytest.mark.django_db(transaction=True)
def test_an_observer_finds_the_agreement_that_is_released_and_the_way_back(
    client: Client, cast: make.Cast
) -> None:
    round, hidden = stage.open_round(cast), stage.open_round(cast)
    stage.conferring(cast, round)
    client.force_login(cast.observer)
    today, report = at("study_today", cast), at("agreement", cast, round.id)
    assert f'<a href="{report}">{round}</a>' in words(client, cast)
    assert str(hidden.id) not in words(client, cast)
    page = client.get(report).text
    assert f'<a class="back" href="{today}">' in page
    assert at("round", cast, round.id) not in page.replace(report, "")
    client.force_login(cast.ruth)
    assert client.get(today).context["reports"] == []


def test_notices_of_this_study_stand_beside(client: Client, cast: make.Cast) -> None:
    here, elsewhere = cast.study, make.study("Elsewhere")
    for study in (here, elsewhere):
        notices.tell(recipient=cast.ruth, study=study, kind="told", text=study.name, now=make.NOW)
    client.force_login(cast.ruth)
    page = client.get(at("study_today", cast))
    assert [notice.study for notice in page.context["notices"]] == [here]


def test_a_demonstration_is_labelled_as_invented(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    sentence = "every person, interview and coding in this study is invented"
    assert sentence not in words(client, cast)
    type(cast.study).objects.update(is_demonstration=True)
    assert sentence in words(client, cast)


def test_the_number_of_queries_does_not_grow_with_the_work(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    make.assignment(cast.study, cast.ruth)
    one = queries_of(client, at("study_today", cast))
    make.assignment(cast.study, cast.ruth)
    make.assignment(cast.study, cast.ruth)
    assert queries_of(client, at("study_today", cast)) == one
