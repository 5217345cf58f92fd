from django.test import Client
from django.utils import timezone

from apps.studies import actions
from apps.studies.models import Invitation
from tests import make
from tests.api.test_studies import JSON, at, names


def test_the_team_is_listed_by_those_who_keep_it(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    assert set(names(client.get(at("members", cast)))) == {user.name for user in cast.members.values()}


def test_roles_change_and_memberships_end(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    ruth = cast.study.memberships.get(user=cast.ruth)
    answer = client.put(at("member", cast, ruth.id), {"roles": ["adjudicator"]}, content_type=JSON)
    assert (answer.status_code, answer.json()["roles"]) == (200, ["adjudicator"])
    elsewhere = make.site(cast.outsider.memberships.get().study)
    wrong = {"roles": ["recruiter"], "site": str(elsewhere.id)}
    assert client.put(at("member", cast, ruth.id), wrong, content_type=JSON).status_code == 400
    assert client.delete(at("member", cast, ruth.id)).status_code == 204
    assert client.delete(at("member", cast, ruth.id)).status_code == 404


def test_an_invitation_answers_with_its_link_once(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    invitation = {"email": "nina@example.org", "name": "Nina", "roles": ["recruiter"], "site": cast.site.id}
    made = client.post(at("invitations", cast), invitation, content_type=JSON)
    link = made.json()["link"]
    assert (made.status_code, link.startswith("http://testserver/invitations/")) == (201, True)
    found = actions.find_invitation(secret=link.split("/")[-2], now=timezone.now())
    assert (found.email, found.site) == ("nina@example.org", cast.site)
    [listed] = client.get(at("invitations", cast)).json()["results"]
    assert listed == {key: value for key, value in made.json().items() if key != "link"}
    assert client.delete(at("invitation", cast, found.id)).status_code == 204
    assert Invitation.objects.unanswered().count() == 0


def test_only_a_pi_invites_a_pi(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    invitation = {"email": "nina@example.org", "name": "Nina", "roles": ["pi"]}
    refused = client.post(at("invitations", cast), invitation, content_type=JSON)
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "Only a PI can give or take the role of a PI.",
    )
    assert Invitation.objects.count() == 0
