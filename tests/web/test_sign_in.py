"""Pages of allauth with our settings: sign-in and out, too many tries, TOTP, sessions, under our policy."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from tests import make
from tests.web.asking import is_clean


def sign_in(client: Client, email: str, password: str = make.PASSWORD) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_signing_in_with_any_capitals_and_signing_out(client: Client, cast: make.Cast) -> None:
    assert is_clean(client.get(reverse("account_login")))
    assert sign_in(client, cast.ruth.email.upper()).headers["Location"] == reverse("today")
    assert client.get(reverse("account")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("account")).headers["Location"] == f"{reverse('account_login')}?next=/account/"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: Client, cast: make.Cast) -> None:
    wrong = sign_in(client, cast.ruth.email, "not the password")
    unknown = sign_in(client, "nobody@example.org", "not the password")
    errors = [list(response.context["form"].non_field_errors()) for response in (wrong, unknown)]
    assert errors == [["The email address and/or password you specified are not correct."]] * 2
    assert is_clean(wrong)


def test_somebody_without_a_password_cannot_sign_in(client: Client, db: None) -> None:
    User.objects.create_user("new@example.org", name="New Person")
    assert sign_in(client, "new@example.org", "").status_code == 200
    assert sign_in(client, "new@example.org", "anything at all").status_code == 200


def test_nobody_signs_up_uninvited(client: Client, db: None) -> None:
    page = client.post(reverse("account_signup"), {"email": "eve@example.org", "password1": make.PASSWORD})
    assert "account/signup_closed.html" in [template.name for template in page.templates]


def test_too_many_tries_are_stopped_even_with_the_right_password(
    client: Client, cast: make.Cast, settings: object
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}  # type: ignore[attr-defined] # allauth's own, which the tests turn off
    for _ in range(5):
        assert sign_in(client, cast.ruth.email, "not the password").status_code == 200
    stopped = sign_in(client, cast.ruth.email)
    assert stopped.status_code == 200
    assert "Too many failed login attempts" in str(stopped.context["form"].non_field_errors())
    assert sign_in(client, cast.jin.email).status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_reset_password",
        "account_change_password",
        "account_email",
        "account_logout",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "usersessions_list",
    ],
)
def test_every_page_of_the_account_obeys_the_policy(client: Client, cast: make.Cast, name: str) -> None:
    if name != "account_login":
        sign_in(client, cast.ruth.email)
        confirm(client)
    page = client.get(reverse(name))
    assert (page.status_code, is_clean(page)) == (200, True)


def confirm(client: Client) -> None:
    """Gives the password once more, as sensitive pages ask for."""
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_two_step_sign_in(client: Client, cast: make.Cast) -> None:
    sign_in(client, cast.ruth.email)
    assert client.get(reverse("mfa_activate_totp")).status_code == 302  # the password is asked for again
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)}).status_code == 302
    again = Client()
    asked = sign_in(again, cast.ruth.email)
    assert asked.headers["Location"] == reverse("mfa_authenticate")
    assert is_clean(again.get(reverse("mfa_authenticate")))
    assert again.get(reverse("account")).status_code == 302
    cache.clear()  # the code is accepted once only; a person would wait for the next
    assert again.post(reverse("mfa_authenticate"), {"code": code_for(secret)}).status_code == 302
    assert again.get(reverse("account")).status_code == 200


def test_a_session_can_be_ended_from_another_browser(client: Client, cast: make.Cast) -> None:
    sign_in(client, cast.ruth.email)
    other = Client()
    sign_in(other, cast.ruth.email)
    sessions = client.get(reverse("usersessions_list")).context["sessions"]
    assert len(sessions) == 2
    client.post(reverse("usersessions_list"))
    assert other.get(reverse("account")).status_code == 302
    assert client.get(reverse("account")).status_code == 200


def test_a_server_without_mail_says_who_can_help(client: Client, db: None, settings: object) -> None:
    help_is = "manage.py changepassword"
    assert help_is in client.get(reverse("account_reset_password")).content.decode()
    settings.EMAIL_HOST = "mail.example.org"  # type: ignore[attr-defined]
    page = client.get(reverse("account_reset_password")).content.decode()
    assert ("Send the link" in page, help_is in page) == (True, False)


def test_a_forgotten_password_is_replaced_by_a_link(client: Client, cast: make.Cast) -> None:
    client.post(reverse("account_reset_password"), {"email": cast.ruth.email})
    [sent] = mail.outbox
    link = next(word for word in sent.body.split() if "/account/password/reset/key/" in word)
    form = client.get(link, follow=True)
    new = {"password1": "a sentence of my own", "password2": "a sentence of my own"}
    assert client.post(form.redirect_chain[-1][0], new).status_code == 302
    assert sign_in(client, cast.ruth.email, "a sentence of my own").status_code == 302
