from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.studies import actions
from apps.studies.models import Invitation
from tests import make

PASSWORD = "a sentence of my own"
NEW = {"name": "Nina Quist", "password": PASSWORD}


def link(cast: make.Cast, email: str = "nina@example.org") -> str:
    invited = actions.invite(
        cast.study,
        email=email,
        name="Nina Quist",
        roles=["coder"],
        links_begin="/invitations/",
        by=cast.pi,
        now=timezone.now(),
    )
    return reverse("invitation", args=[invited.secret])


def today(cast: make.Cast) -> str:
    return reverse("study_today", args=[cast.study.id])


def test_somebody_new_joins_and_is_signed_in(client: Client, cast: make.Cast) -> None:
    address = link(cast)
    page = client.get(address)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert page.context["form"].initial == {"name": "Nina Quist"}
    answer = client.post(address, NEW)
    assert answer.headers["Location"] == today(cast)
    assert client.get(today(cast)).context["request"].user.email == "nina@example.org"
    assert client.post(reverse("account_logout")).status_code == 302
    client.post(reverse("account_login"), {"login": "nina@example.org", "password": PASSWORD})
    assert client.get(today(cast)).status_code == 200


def test_a_weak_password_is_said_at_the_field(client: Client, cast: make.Cast) -> None:
    address = link(cast)
    answer = client.post(address, {"name": "Nina Quist", "password": "short"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["password"])
    assert client.post(address, {"name": "", "password": PASSWORD}).status_code == 422
    assert User.objects.filter(email="nina@example.org").count() == 0


def test_a_second_browser_is_told_in_a_sentence(client: Client, cast: make.Cast) -> None:
    address = link(cast)
    client.post(address, NEW)
    late = Client().post(address, NEW)
    assert late.status_code == 410
    assert late.context["sentence"] == "This invitation has been used. If it was you who used it, sign in."


def test_a_link_that_is_over_or_made_up_is_answered_alike(client: Client, cast: make.Cast) -> None:
    address = link(cast)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    over = client.get(address)
    made_up = client.get(reverse("invitation", args=["made-up"]))
    assert (over.status_code, over.context["sentence"]) == (made_up.status_code, made_up.context["sentence"])
    assert over.status_code == 410


def test_an_account_that_exists_signs_in_and_joins(client: Client, cast: make.Cast) -> None:
    address = link(cast, email=cast.outsider.email)
    page = client.get(address)
    sign_in = f"{reverse('account_login')}?next={address}"
    assert f'href="{sign_in}"' in page.content.decode()
    answer = client.post(sign_in, {"login": cast.outsider.email, "password": make.PASSWORD, "next": address})
    assert answer.headers["Location"] == address
    assert client.get(address).status_code == 200
    assert client.post(address).headers["Location"] == today(cast)
    assert client.get(today(cast)).status_code == 200


def test_a_password_in_the_form_does_not_take_over_an_account(client: Client, cast: make.Cast) -> None:
    answer = client.post(link(cast, email=cast.outsider.email), NEW)
    assert "studies/invitation_sign_in.html" in [template.name for template in answer.templates]
    cast.outsider.refresh_from_db()
    assert cast.outsider.check_password(make.PASSWORD)


def test_whoever_is_signed_in_under_another_address_is_warned(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.outsider)
    words = client.get(link(cast)).content.decode()
    assert "The invitation was written to nina@example.org; you are signed in as" in words


def test_a_member_who_opens_the_link_does_not_use_it_up(client: Client, cast: make.Cast) -> None:
    address = link(cast)
    client.force_login(cast.pi)
    assert client.get(address).status_code == 200
    answer = client.post(address)
    assert answer.context["sentence"] == "Amara Osei is a member of this study already."
    assert Client().post(address, NEW).status_code == 302
