from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.studies.models import Study
from tests import make
from tests.web.asking import at, said


def test_the_list_shows_ones_own_studies(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    page = client.get(reverse("studies"))
    assert [membership.study for membership in page.context["memberships"]] == [cast.study]


def test_somebody_without_a_study_is_told_how_to_get_into_one(client: Client, db: None) -> None:
    client.force_login(make.person())
    page = client.get(reverse("today"))
    assert page.status_code == 200
    assert "You are in no study." in page.content.decode()


def test_whoever_may_open_studies_opens_one_and_lands_in_it(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    assert client.get(reverse("study_open")).status_code == 200
    answer = client.post(reverse("study_open"), {"name": "Rural outreach", "question": "Who calls?"})
    opened = Study.objects.get(name="Rural outreach")
    assert answer.headers["Location"] == reverse("study_today", args=[opened.id])
    assert opened.opened_by == cast.pi


def test_others_may_not(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    assert client.get(reverse("study_open")).status_code == 403
    assert client.post(reverse("study_open"), {"name": "Rural outreach"}).status_code == 403


def test_a_study_needs_a_name(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    answer = client.post(reverse("study_open"), {"name": ""})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])


def test_settings_are_saved_and_recorded_with_the_address(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    form = {
        "name": "Staff support",
        "question": "Who calls?",
        "are_sites_hidden_from_coders": "on",
        "transcripts_late_after_days": "14",
    }
    answer = client.post(at("study_settings", cast), form, REMOTE_ADDR="192.0.2.7")
    assert answer.headers["Location"] == at("study_settings", cast)
    cast.study.refresh_from_db()
    assert (cast.study.question, cast.study.are_sites_hidden_from_coders) == ("Who calls?", True)
    event = AuditEvent.objects.latest("created_at")
    assert (event.verb, event.actor_name, event.address) == ("changed", "Leila Haddad", "192.0.2.7")
    assert cast.study.transcripts_late_after_days == 14
    never = client.post(at("study_settings", cast), form | {"transcripts_late_after_days": "0"})
    assert (never.status_code, list(never.context["form"].errors)) == (422, ["transcripts_late_after_days"])


def test_sites_are_added_renamed_and_removed(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    assert client.get(at("study_settings", cast)).status_code == 200
    client.post(at("site_add", cast), {"name": "Eastgate"})
    site = cast.study.sites.get(name="Eastgate")
    assert client.get(at("site", cast, site.id)).status_code == 200
    client.post(at("site", cast, site.id), {"name": "Easton"})
    assert list(cast.study.sites.values_list("name", flat=True)) == ["Northmoor", "Easton"]
    client.post(at("site_remove", cast, site.id))
    assert list(cast.study.sites.values_list("name", flat=True)) == ["Northmoor"]


def test_a_taken_name_is_said_at_the_field(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    answer = client.post(at("site_add", cast), {"name": "Northmoor"})
    assert answer.status_code == 422
    assert answer.context["site_form"].errors == {"name": ["This study has “Northmoor” already."]}
    assert "This study has “Northmoor” already." in answer.content.decode()


def test_a_site_in_use_stays_and_the_page_says_why(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    answer = client.post(at("site_remove", cast, cast.site.id))
    assert said(answer) == ["“Northmoor” is in use by people, members or invitations and cannot be removed."]
    assert cast.study.sites.count() == 1


def test_groups_are_added_changed_and_removed(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    client.post(at("group_add", cast), {"name": "Staff", "stem": "Hub staff", "target": 14})
    group = cast.study.groups.get(name="Staff")
    assert client.get(at("group", cast, group.id)).status_code == 200
    client.post(at("group", cast, group.id), {"name": "Hub staff", "stem": "Staff", "target": 15})
    group.refresh_from_db()
    assert (group.name, group.stem, group.target) == ("Hub staff", "Staff", 15)
    client.post(at("group_remove", cast, group.id))
    assert list(cast.study.groups.all()) == [cast.group]


def test_a_stem_that_is_in_use_is_said_at_the_field(client: Client, cast: make.Cast) -> None:
    make.participant(cast.study, group=cast.group, site=cast.site)
    client.force_login(cast.pi)
    answer = client.post(
        at("group", cast, cast.group.id), {"name": cast.group.name, "stem": "Client", "target": 0}
    )
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["stem"])
    client.post(at("group_remove", cast, cast.group.id))
    assert cast.study.groups.count() == 1


def test_health_needs_no_sign_in(client: Client, db: None) -> None:
    assert client.get("/healthz").content == b"ok"
