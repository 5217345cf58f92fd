from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts import actions as accounts
from apps.audit.models import AuditEvent
from apps.studies.models import Study
from tests import make

JSON = "application/json"


def at(name: str, cast: make.Cast, *ids: object) -> str:
    return reverse(f"api:{name}", args=[cast.study.id, *ids])


def names(answer: object) -> list[str]:
    return [row["name"] for row in answer.json()["results"]]  # type: ignore[attr-defined]


def test_a_token_opens_what_its_owner_may_see(client: Client, cast: make.Cast) -> None:
    _, secret = accounts.make_token(name="R script", days=30, by=cast.ruth, now=timezone.now())
    headers = {"Authorization": f"Token {secret}"}
    assert client.get(reverse("api:me"), headers=headers).json() == {
        "id": str(cast.ruth.id),
        "name": "Ruth Hale",
        "email": cast.ruth.email,
        "may_open_studies": False,
    }
    assert names(client.get(reverse("api:studies"), headers=headers)) == ["Staff support"]
    refused = client.get(reverse("api:me"), headers={"Authorization": "Token made-up"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (401, "application/problem+json")


def test_studies_are_opened_by_those_who_may(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    made = client.post(reverse("api:studies"), {"name": "Rural outreach"}, content_type=JSON)
    assert made.status_code == 201
    assert Study.objects.get(id=made.json()["id"]).opened_by == cast.pi
    client.force_login(cast.ruth)
    refused = client.post(reverse("api:studies"), {"name": "Mine"}, content_type=JSON)
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "Your account cannot open studies. Ask whoever runs this server.",
    )


def test_a_study_is_read_and_changed(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    change = {"name": "Staff support", "question": "Who calls?", "are_sites_hidden_from_coders": True}
    assert client.put(at("study", cast), change, content_type=JSON).status_code == 200
    assert client.get(at("study", cast)).json()["question"] == "Who calls?"
    days = change | {"transcripts_late_after_days": 14}
    assert client.put(at("study", cast), days, content_type=JSON).json()["transcripts_late_after_days"] == 14
    kept = client.put(at("study", cast), change, content_type=JSON).json()
    assert kept["transcripts_late_after_days"] == 14
    assert AuditEvent.objects.latest("created_at").actor_name == "Leila Haddad"
    wrong = client.put(at("study", cast), {"name": ""}, content_type=JSON)
    assert (wrong.status_code, set(wrong.json()["errors"])) == (
        400,
        {"name", "are_sites_hidden_from_coders"},
    )


def test_sites_and_groups_are_kept(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    site = client.post(at("sites", cast), {"name": "Eastgate"}, content_type=JSON).json()
    client.put(at("site", cast, site["id"]), {"name": "Easton"}, content_type=JSON)
    assert sorted(names(client.get(at("sites", cast)))) == ["Easton", "Northmoor"]
    assert client.delete(at("site", cast, site["id"])).status_code == 204
    group = {"name": "Staff", "stem": "Hub staff", "target": 14}
    made = client.post(at("groups", cast), group, content_type=JSON).json()
    client.put(at("group", cast, made["id"]), group | {"target": 15}, content_type=JSON)
    assert cast.study.groups.get(id=made["id"]).target == 15
    assert client.delete(at("group", cast, made["id"])).status_code == 204
    assert names(client.get(at("groups", cast))) == ["Hub clients"]


def test_a_refusal_is_a_sentence_and_changes_nothing(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    refused = client.post(at("sites", cast), {"name": "Northmoor"}, content_type=JSON)
    assert refused.json() == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "This study has “Northmoor” already.",
    }
    assert client.delete(at("site", cast, cast.site.id)).status_code == 422
    assert cast.study.sites.count() == 1


def test_a_method_that_does_not_exist_is_said_to_members_only(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    assert client.delete(at("study", cast)).status_code == 405
    client.force_login(cast.outsider)
    assert client.delete(at("study", cast)).status_code == 404


def test_pages_of_a_list_follow_one_another(client: Client, cast: make.Cast) -> None:
    for name in ("Eastgate", "Westhaven"):
        make.site(cast.study, name)
    client.force_login(cast.ruth)
    first = client.get(at("sites", cast), {"page_size": 2})
    second = client.get(first.json()["next"])
    assert names(first) + names(second) == ["Northmoor", "Eastgate", "Westhaven"]
    assert second.json()["next"] is None
