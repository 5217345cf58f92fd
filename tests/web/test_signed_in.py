"""A browser's session and its person are one question, and what was read of a person is never old."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Session, User
from apps.accounts.tasks import forget_sessions
from apps.web.signed_in import Backend, SessionStore
from tests import make

pytestmark = pytest.mark.django_db


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def test_a_session_and_its_person_are_one_question(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    assert Session.objects.get(session_key=client.cookies["sessionid"].value).person == cast.ruth
    with CaptureQueriesContext(connection) as asked:
        assert is_signed_in(client)
    of_people = [each["sql"] for each in asked if 'FROM "accounts_user"' in each["sql"]]
    of_sessions = [each["sql"] for each in asked if 'FROM "accounts_session"' in each["sql"]]
    assert (len(of_people), len(of_sessions)) == (0, 1)


def test_a_session_of_nobody_names_nobody_until_they_sign_in(client: Client, cast: make.Cast) -> None:
    client.get(reverse("account_login"), {"next": "/"})
    store = SessionStore()
    store["seen"] = True
    store.save()
    assert Session.objects.get(session_key=store.session_key).person is None
    client.cookies["sessionid"] = str(store.session_key)
    assert not is_signed_in(client)
    given = {"login": cast.ruth.email, "password": make.PASSWORD}
    assert client.post(reverse("account_login"), given).status_code == 302
    assert Session.objects.get(session_key=client.cookies["sessionid"].value).person == cast.ruth
    assert not Session.objects.filter(session_key=store.session_key).exists()


def test_who_is_barred_or_has_another_password_is_signed_out_at_once(client: Client, cast: make.Cast) -> None:
    for change in ({"is_active": False}, {"password": "another"}):
        client.force_login(cast.ruth)
        assert is_signed_in(client)
        before = {name: getattr(cast.ruth, name) for name in change}
        User.objects.filter(id=cast.ruth.id).update(**change)
        assert not is_signed_in(client)
        User.objects.filter(id=cast.ruth.id).update(**before)


def test_a_session_whose_row_names_nobody_still_belongs_to_its_person(
    client: Client, cast: make.Cast
) -> None:
    client.force_login(cast.ruth)
    Session.objects.update(person=None)
    assert is_signed_in(client)
    Session.objects.update(person=cast.jin)
    page = client.get(reverse("account")).content.decode()
    assert (cast.ruth.email in page, cast.jin.email in page) == (True, False)


def test_what_was_read_with_a_session_is_given_once(cast: make.Cast) -> None:
    store = SessionStore()
    store[SESSION_KEY] = str(cast.ruth.id)
    store.save()
    SessionStore(store.session_key).load()
    User.objects.filter(id=cast.ruth.id).update(name="Ruth Hale-Osei")
    read, again = (Backend().get_user(cast.ruth.id) for _ in range(2))
    assert read is not None
    assert again is not None
    assert (read.name, again.name) == ("Ruth Hale", "Ruth Hale-Osei")


def test_an_ended_session_is_nobodys(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    SessionStore().delete(client.cookies["sessionid"].value)
    assert not is_signed_in(client)


def test_sessions_that_have_expired_are_forgotten(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    kept = client.cookies["sessionid"].value
    Session.objects.create(session_key="old", expire_date=timezone.now(), person=cast.ruth)
    forget_sessions()
    assert [each.session_key for each in Session.objects.all()] == [kept]
