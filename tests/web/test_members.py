from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.studies import actions
from apps.studies.models import Invitation
from apps.studies.permissions import Role
from tests import make
from tests.web.asking import at, queries_of, said


def invited(cast: make.Cast) -> Invitation:
    return actions.invite(
        cast.study,
        email="nina@example.org",
        name="Nina Quist",
        roles=["coder"],
        links_begin="/",
        by=cast.pi,
        now=timezone.now(),
    ).invitation


def test_the_team_is_listed_with_what_each_does(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    page = client.get(at("members", cast))
    assert [membership.user.name for membership in page.context["memberships"]] == [
        "Amara Osei",
        "Jin Park",
        "Leila Haddad",
        "Nell Byrne",
        "Ruth Hale",
        "Sam Adeyemi",
        "Tomas Reyes",
    ]


def test_the_number_of_queries_does_not_grow_with_the_team(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    counts = []
    for _ in range(2):
        invited(cast)
        counts.append(queries_of(client, at("members", cast)))
        Invitation.objects.update(email=f"other{len(counts)}@example.org")
        make.member(cast.study, Role.CODER)
        make.member(cast.study, Role.OBSERVER)
    assert counts[0] == counts[1]


def test_roles_are_changed_with_a_site_of_this_study_only(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    ruth = cast.study.memberships.get(user=cast.ruth)
    assert client.get(at("member", cast, ruth.id)).status_code == 200
    elsewhere = make.site(cast.outsider.memberships.get().study)
    refused = client.post(at("member", cast, ruth.id), {"roles": ["recruiter"], "site": elsewhere.id})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["site"])
    client.post(at("member", cast, ruth.id), {"roles": ["coder", "recruiter"], "site": cast.site.id})
    ruth.refresh_from_db()
    assert (ruth.roles, ruth.site) == (["coder", "recruiter"], cast.site)


def test_what_an_administrator_cannot_give_is_said_at_the_form(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    ruth = cast.study.memberships.get(user=cast.ruth)
    answer = client.post(at("member", cast, ruth.id), {"roles": ["pi"]})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["Only a PI can give or take the role of a PI."]


def test_a_removed_member_is_gone_from_the_list(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    ruth = cast.study.memberships.get(user=cast.ruth)
    answer = client.post(at("member_remove", cast, ruth.id))
    assert said(answer) == ["Ruth Hale is no longer a member."]
    assert client.get(at("member", cast, ruth.id)).status_code == 404


def test_one_can_leave_unless_one_is_the_last_pi(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    answer = client.post(at("leave", cast))
    assert (answer.headers["Location"], said(answer)) == (
        reverse("studies"),
        ["You have left “Staff support”."],
    )
    last = Client()
    last.force_login(cast.pi)
    answer = last.post(at("leave", cast))
    assert (answer.headers["Location"], said(answer)) == (
        reverse("account"),
        ["A study keeps at least one PI. Make somebody else a PI first."],
    )


def test_the_link_is_shown_once(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    assert client.get(at("invite", cast)).status_code == 200
    form = {"email": "nina@example.org", "name": "Nina Quist", "roles": ["coder", "adjudicator"]}
    answer = client.post(at("invite", cast), form)
    link = answer.context["link"]
    assert answer.status_code == 201
    assert link.startswith("http://testserver/invitations/")
    assert f'value="{link}"' in answer.content.decode()
    assert link not in client.get(at("members", cast)).content.decode()
    assert actions.find_invitation(secret=link.split("/")[-2], now=timezone.now()).roles == [
        "coder",
        "adjudicator",
    ]


def test_a_second_invitation_of_an_address_is_said_at_the_field(client: Client, cast: make.Cast) -> None:
    invited(cast)
    client.force_login(cast.pi)
    form = {"email": "Nina@example.org", "name": "Nina", "roles": ["coder"]}
    answer = client.post(at("invite", cast), form)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "email": ["nina@example.org has an open invitation already. Make a new link for it instead."]
    }
    answer = client.post(at("invite", cast), {"email": "new@example.org", "name": "New"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["roles"])


def test_a_lost_link_is_replaced_and_an_unwanted_one_withdrawn(client: Client, cast: make.Cast) -> None:
    lost = invited(cast)
    client.force_login(cast.pi)
    answer = client.post(at("invitation_renew", cast, lost.id))
    assert answer.status_code == 201
    renewed = Invitation.objects.unanswered().get()
    assert renewed != lost
    client.post(at("invitation_withdraw", cast, renewed.id))
    assert Invitation.objects.unanswered().count() == 0


def test_an_invitation_that_is_over_is_marked(client: Client, cast: make.Cast) -> None:
    invited(cast)
    client.force_login(cast.pi)
    assert "it is over" not in client.get(at("members", cast)).content.decode()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert "it is over" in client.get(at("members", cast)).content.decode()
