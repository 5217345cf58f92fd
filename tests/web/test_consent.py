from datetime import date

import pytest
from django.test import Client

from apps.participants import actions
from apps.participants.models import Consent, ConsentVersion, ContactPermission, Participant
from tests import make
from tests.web.asking import at, is_clean, queries_of


@pytest.fixture
def person(cast: make.Cast) -> Participant:
    return make.participant(cast.study, group=cast.group, site=cast.site)


@pytest.fixture
def form(cast: make.Cast) -> ConsentVersion:
    return actions.add_consent_version(study=cast.study, label="v1 🙂 <b>", by=cast.pi, now=make.NOW)


def test_a_form_is_written_down_and_put_right(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    asked = {"label": "v1", "asks-interview": "on", "wording-interview": "I agree to take part."}
    assert client.post(at("consent_version_add", cast), asked).url == at("consents", cast)
    version = cast.study.consent_versions.get()
    assert [(each.scope, each.wording) for each in version.clauses.all()] == [
        ("interview", "I agree to take part.")
    ]
    page = at("consent_version", cast, version.id)
    assert client.post(page, asked | {"asks-sharing": "on"}).status_code == 302
    assert version.clauses.count() == 2
    refused = client.post(at("consent_version_add", cast), asked)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["label"])


def test_the_latest_form_stands_first(client: Client, cast: make.Cast, person: Participant) -> None:
    by = {"by": cast.administrator, "now": make.NOW}
    days = {"v2": date(2026, 2, 1), "undated": None, "v3": date(2026, 3, 1), "v1": date(2026, 1, 1)}
    for label, day in days.items():
        actions.add_consent_version(study=cast.study, label=label, used_from=day, **by)
    client.force_login(cast.administrator)
    shown = client.get(at("consents", cast)).context["versions"]
    assert [each.label for each in shown] == ["v3", "v2", "v1", "undated"]


def test_answers_are_recorded_person_by_person(
    client: Client, cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    following = make.participant(cast.study, group=cast.group, site=cast.site)
    client.force_login(cast.administrator)
    page = at("participant_consent", cast, person.id)
    shown = client.get(page)
    assert is_clean(shown)
    assert [field.value() for field in shown.context["form"].clause_fields] == [""] * 8
    clause = form.clauses.get(scope="quotation")
    given = {"version": form.id, "given_on": "2026-02-01", "way": "spoken", f"answer-{clause.id}": "no"}
    assert client.post(page, given | {"again": "1"}).url == at("participant_consent", cast, following.id)
    consent = Consent.objects.get()
    assert (consent.participant, consent.way, consent.answers.get().answer) == (person, "spoken", "no")
    text = client.get(at("participant", cast, person.id)).content.decode()
    assert "Quotation" in text
    late = client.post(page, given | {"given_on": "2999-01-01"})
    assert (late.status_code, list(late.context["form"].errors)) == (422, ["given_on"])


def test_permission_to_be_contacted_is_recorded_apart(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    client.force_login(cast.administrator)
    page = at("participant_permission", cast, person.id)
    assert client.post(page, {"answer": "no", "basis": "Told us"}).status_code == 302
    assert ContactPermission.objects.get().basis == "Told us"
    assert "Must not be contacted" in client.get(at("participant", cast, person.id)).content.decode()
    assert client.post(page, {"answer": "perhaps"}).status_code == 422


def test_the_grid_shows_those_whom_one_may_see(
    client: Client, cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    seen = {}
    for name in ("administrator", "recruiter"):
        client.force_login(getattr(cast, name))
        seen[name] = len(client.get(at("consent_people", cast, form.id)).context["rows"])
    assert seen == {"administrator": 2, "recruiter": 1}
    assert client.get(at("consents", cast)).context["may_edit"] is False
    client.force_login(cast.ruth)
    assert client.get(at("consents", cast)).status_code == 403


def test_the_grid_takes_as_many_queries_for_three_as_for_one(
    client: Client, cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    client.force_login(cast.administrator)
    once = queries_of(client, at("consent_people", cast, form.id))
    for _ in range(2):
        make.participant(cast.study, group=cast.group, site=cast.site)
    assert queries_of(client, at("consent_people", cast, form.id)) == once


def test_what_several_answered_alike_is_recorded_at_once_and_loses_no_other_answer(
    client: Client, cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    other = make.participant(cast.study, group=cast.group, site=cast.site)
    clauses = {clause.scope: clause for clause in form.clauses.all()}
    client.force_login(cast.administrator)
    page = at("consents_record", cast, form.id)
    assert client.post(
        page, {"person": person.id, "way": "written", f"answer-{clauses['sharing'].id}": "no"}
    ).url
    said = {"way": "electronic", "given_on": "2026-02-01", f"answer-{clauses['archive'].id}": "yes"}
    assert client.post(page, {"person": [person.id, other.id], **said}).status_code == 302
    assert {
        each.participant: {answer.clause.scope: answer.answer for answer in each.answers.all()}
        for each in form.consents.all()
    } == {person: {"sharing": "no", "archive": "yes"}, other: {"archive": "yes"}}
    client.post(page, {"person": other.id, "way": "electronic", "others": "yes"})
    assert form.consents.get(participant=other).answers.filter(answer="yes").count() == 8


@pytest.mark.parametrize(
    ("given", "named"), [({}, "__all__"), ({"given_on": "2999-01-01", "others": "yes"}, "given_on")]
)
def test_refused_answers_of_several_keep_the_ticks(
    client: Client,
    cast: make.Cast,
    person: Participant,
    form: ConsentVersion,
    given: dict[str, str],
    named: str,
) -> None:
    client.force_login(cast.administrator)
    ticked = {"person": person.id} if given else {}
    refused = client.post(at("consents_record", cast, form.id), {"way": "written", **ticked, **given})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [named])
    assert is_clean(refused)
    assert (f'value="{person.id}" checked' in refused.content.decode()) is bool(ticked)
    assert not form.consents.exists()
    assert client.post(at("consents_record", cast, form.id), {"person": cast.group.id}).status_code == 404
