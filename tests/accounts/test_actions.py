from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from apps.accounts import actions
from apps.accounts.models import ApiToken, User
from apps.accounts.queries import has_account
from apps.audit.models import AuditEvent
from tests import make

PASSWORD = "a sentence of my own"


def begin(email: str, now: datetime, password: str = PASSWORD) -> User | None:
    return actions.begin_account(email=email, name="Nina Quist", password=password, now=now)


def test_an_account_begins_once(db: None, now: datetime) -> None:
    nina = begin("nina@example.org", now)
    assert nina is not None
    assert (nina.name, nina.check_password(PASSWORD)) == ("Nina Quist", True)
    assert begin("nina@example.org", now, "another sentence") is None
    assert User.objects.get().check_password(PASSWORD)


def test_an_added_person_has_no_account_until_they_begin_it(db: None, now: datetime) -> None:
    added = actions.add_person(email="Nina@example.org", name="N. Quist", may_open_studies=True, now=now)
    assert not has_account("nina@example.org")
    begun = begin("nina@example.org", now)
    assert begun == added
    assert has_account("nina@example.org")
    assert User.objects.get().may_open_studies


def test_a_closed_account_stays_closed(db: None, now: datetime) -> None:
    added = actions.add_person(email="nina@example.org", name="Nina", may_open_studies=False, now=now)
    User.objects.filter(id=added.id).update(is_active=False)
    assert begin("nina@example.org", now) is None


def test_the_password_is_checked_before_anything_is_stored(db: None, now: datetime) -> None:
    with pytest.raises(ValidationError):
        begin("nina@example.org", now, "short")
    assert User.objects.count() == 0


def test_a_new_name_and_the_old_one_are_on_record(cast: make.Cast, now: datetime) -> None:
    actions.rename(cast.ruth, name="Ruth Hale-Moore", now=now)
    event = AuditEvent.objects.latest("created_at")
    assert (event.verb, event.object_name, event.detail) == (
        "renamed",
        "Ruth Hale-Moore",
        {"before": "Ruth Hale"},
    )


def test_a_token_is_shown_once_and_stored_as_a_digest(cast: make.Cast, now: datetime) -> None:
    token, secret = actions.make_token(name="R script", days=30, by=cast.ruth, now=now)
    assert secret not in str(list(ApiToken.objects.values()))
    assert abs(token.expiry - timezone.now() - timedelta(days=30)) < timedelta(minutes=5)
    assert TokenAuthentication().authenticate_credentials(secret.encode()) == (cast.ruth, token)


def test_a_token_that_was_taken_back_no_longer_works(cast: make.Cast, now: datetime) -> None:
    token, secret = actions.make_token(name="R script", days=30, by=cast.ruth, now=now)
    actions.revoke_token(token, by=cast.ruth, now=now)
    with pytest.raises(AuthenticationFailed):
        TokenAuthentication().authenticate_credentials(secret.encode())
    verbs = (
        AuditEvent.objects.filter(noun="api token").order_by("created_at").values_list("verb", "object_name")
    )
    assert list(verbs) == [("made", "R script"), ("revoked", "R script")]


def test_a_token_ends_by_itself_and_with_its_account(cast: make.Cast, now: datetime) -> None:
    _, short = actions.make_token(name="Today only", days=0, by=cast.ruth, now=now)
    _, long = actions.make_token(name="R script", days=30, by=cast.jin, now=now)
    User.objects.filter(id=cast.jin.id).update(is_active=False)
    for secret in (short, long):
        with pytest.raises(AuthenticationFailed):
            TokenAuthentication().authenticate_credentials(secret.encode())
