from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts import actions
from apps.accounts.models import ApiToken
from tests import make
from tests.web.asking import said
from tests.web.test_sign_in import confirm, sign_in


def test_one_changes_ones_name(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    assert client.get(reverse("account")).status_code == 200
    client.post(reverse("account"), {"name": "Ruth Hale-Moore"})
    cast.ruth.refresh_from_db()
    assert cast.ruth.name == "Ruth Hale-Moore"
    assert client.post(reverse("account"), {"name": " "}).status_code == 422


def test_a_token_is_made_after_the_password_is_given_again(client: Client, cast: make.Cast) -> None:
    sign_in(client, cast.ruth.email)
    form = {"name": "R script", "days": "30"}
    asked = client.post(reverse("token_make"), form)
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert ApiToken.objects.count() == 0
    made = client.post(asked.headers["Location"], {"password": make.PASSWORD})
    assert (made.status_code, made.context["token"]) == (201, ApiToken.objects.get())
    secret = made.context["secret"]
    assert f'value="{secret}"' in made.content.decode()
    assert secret not in client.get(reverse("tokens")).content.decode()


def test_a_token_needs_a_purpose_and_a_time(client: Client, cast: make.Cast) -> None:
    sign_in(client, cast.ruth.email)
    confirm(client)
    answer = client.post(reverse("token_make"), {"name": "", "days": "36500"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"name", "days"})


def test_one_takes_back_ones_own_tokens_and_nobody_elses(client: Client, cast: make.Cast) -> None:
    mine, _ = actions.make_token(name="R script", days=30, by=cast.ruth, now=timezone.now())
    his, _ = actions.make_token(name="His script", days=30, by=cast.jin, now=timezone.now())
    client.force_login(cast.ruth)
    assert list(client.get(reverse("tokens")).context["tokens"]) == [mine]
    assert client.post(reverse("token_revoke", args=[his.id])).status_code == 404
    answer = client.post(reverse("token_revoke", args=[mine.id]))
    assert said(answer) == ["“R script” no longer works."]
    assert list(ApiToken.objects.all()) == [his]
