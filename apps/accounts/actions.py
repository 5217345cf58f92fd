from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from apps.accounts.models import ApiToken, Session, User
from apps.audit.actions import record


def forget_sessions(*, now: datetime) -> int:
    """Deletes the sessions that have expired; says how many."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


@transaction.atomic
def begin_account(
    *, email: str, name: str, password: str, now: datetime, may_open_studies: bool = False
) -> User | None:
    """An account for an address that has none, or that has one without a password; otherwise None."""
    person = User.objects.select_for_update().filter(email=email).first()
    if person and (person.has_usable_password() or not person.is_active):
        return None
    person = person or User(email=email, may_open_studies=may_open_studies)
    person.name = name
    validate_password(password, user=person)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:  # Another link to the same address was accepted at this moment.
        return None
    record("begun", "account", by=person, now=now, object_id=person.id, object_name=person.name)
    return person


@transaction.atomic
def add_person(*, email: str, name: str, now: datetime, may_open_studies: bool) -> User:
    """The person with this address; a new one has no password until they accept an invitation."""
    person = User.objects.filter(email=email.strip().lower()).first()
    if person is None:
        person = User.objects.create_user(email, name=name)
        record("added", "account", by=None, now=now, object_id=person.id, object_name=name)
    if may_open_studies and not person.may_open_studies:
        person.may_open_studies = True
        person.save(update_fields=["may_open_studies"])
    return person


@transaction.atomic
def rename(person: User, *, name: str, now: datetime) -> User:
    """The name under which everything they do is shown from now on."""
    before, person.name = person.name, name
    person.save(update_fields=["name"])
    record("renamed", "account", by=person, now=now, object_id=person.id, object_name=name, before=before)
    return person


@transaction.atomic
def make_token(*, name: str, days: int, by: User, now: datetime) -> tuple[ApiToken, str]:
    """A token for programs that act as the person, and its secret, which is shown once and not stored."""
    token, secret = ApiToken.objects.create(user=by, expiry=timedelta(days=days), name=name)
    record("made", "api token", by=by, now=now, object_id=token.id, object_name=name, days=days)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, now: datetime) -> None:
    """Programs that hold the token are refused from now on."""
    record("revoked", "api token", by=by, now=now, object_id=token.id, object_name=token.name)
    token.delete()
