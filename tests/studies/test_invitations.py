from datetime import datetime, timedelta
from hashlib import sha256
from threading import Thread

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import TestCase

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.core.refusal import Refusal
from apps.studies import actions
from apps.studies.actions import Invited
from apps.studies.actions.invitations import (
    AlreadyInvited,
    AlreadyMember,
    HasAccount,
    InvitationIsOver,
    InvitationIsUsed,
)
from apps.studies.actions.members import OnlyPisMakePis
from apps.studies.models import Invitation, Membership, Study
from apps.studies.permissions import Role
from tests import make

PASSWORD = "a sentence of my own"
LINKS = "https://concord.example.org/invitations/"


def invite(study: Study, by: User, now: datetime, **fields: object) -> Invited:
    facts = {"email": "nina@example.org", "name": "Nina Quist", "roles": ["coder"], **fields}
    return actions.invite(study, **facts, links_begin=LINKS, by=by, now=now)  # type: ignore[arg-type]


def test_only_the_digest_of_the_secret_is_stored(cast: make.Cast, now: datetime) -> None:
    invited = invite(cast.study, cast.administrator, now)
    stored = Invitation.objects.values().get()
    assert stored["secret_digest"] == sha256(invited.secret.encode()).hexdigest()
    assert invited.secret not in str(stored)
    assert invited.secret not in str(list(AuditEvent.objects.values()))
    assert stored["expires_at"] == now + timedelta(days=7)


def test_somebody_new_makes_an_account_and_joins(cast: make.Cast, now: datetime) -> None:
    invited = invite(
        cast.study, cast.pi, now, email=" Nina@Example.org ", roles=["recruiter"], site=cast.site
    )
    joined = actions.accept_as_new_person(
        secret=invited.secret, name="Nina Quist", password=PASSWORD, now=now
    )
    assert (joined.user.email, joined.user.check_password(PASSWORD)) == ("nina@example.org", True)
    assert (joined.roles, joined.site) == (["recruiter"], cast.site)
    events = AuditEvent.objects.filter(noun="invitation").order_by("created_at")
    assert [(event.verb, event.actor_name) for event in events] == [
        ("invited", "Amara Osei"),
        ("accepted", "Nina Quist"),
    ]


def test_a_weak_password_makes_no_account_and_uses_up_no_link(cast: make.Cast, now: datetime) -> None:
    invited = invite(cast.study, cast.pi, now)
    for weak in ("short", "qwerty123456", "nina@example.org", "marguerite q"):
        with pytest.raises(ValidationError):
            actions.accept_as_new_person(secret=invited.secret, name="Marguerite Q", password=weak, now=now)
    assert User.objects.filter(email="nina@example.org").count() == 0
    assert actions.find_invitation(secret=invited.secret, now=now) == invited.invitation


def test_a_link_works_once(cast: make.Cast, now: datetime) -> None:
    invited = invite(cast.study, cast.pi, now)
    actions.accept_as_new_person(secret=invited.secret, name="Nina", password=PASSWORD, now=now)
    with pytest.raises(InvitationIsUsed):
        actions.accept_invitation(secret=invited.secret, by=cast.outsider, now=now)


def test_a_link_works_for_seven_days_and_not_for_a_moment_more(cast: make.Cast, now: datetime) -> None:
    invited = invite(cast.study, cast.pi, now)
    over = now + timedelta(days=7)
    with pytest.raises(InvitationIsOver):
        actions.accept_invitation(secret=invited.secret, by=cast.outsider, now=over)
    just_in_time = over - timedelta(microseconds=1)
    assert actions.accept_invitation(secret=invited.secret, by=cast.outsider, now=just_in_time)


def test_a_withdrawn_link_and_a_made_up_one_do_not_work(cast: make.Cast, now: datetime) -> None:
    invited = invite(cast.study, cast.pi, now)
    actions.withdraw_invitation(invited.invitation, by=cast.administrator, now=now)
    for secret in (invited.secret, "made-up"):
        with pytest.raises(InvitationIsOver):
            actions.find_invitation(secret=secret, now=now)


def test_a_used_invitation_cannot_be_withdrawn(cast: make.Cast, now: datetime) -> None:
    invited = invite(cast.study, cast.pi, now)
    actions.accept_invitation(secret=invited.secret, by=cast.outsider, now=now)
    with pytest.raises(InvitationIsUsed):
        actions.withdraw_invitation(invited.invitation, by=cast.pi, now=now)


def test_a_renewed_link_replaces_the_lost_one(cast: make.Cast, now: datetime) -> None:
    lost = invite(cast.study, cast.pi, now)
    renewed = actions.renew_invitation(lost.invitation, links_begin=LINKS, by=cast.pi, now=now)
    with pytest.raises(InvitationIsOver):
        actions.find_invitation(secret=lost.secret, now=now)
    joined = actions.accept_invitation(secret=renewed.secret, by=cast.outsider, now=now)
    assert joined.roles == ["coder"]


def test_members_and_invited_people_are_not_invited_again(cast: make.Cast, now: datetime) -> None:
    with pytest.raises(AlreadyMember):
        invite(cast.study, cast.pi, now, email=cast.ruth.email.upper())
    invite(cast.study, cast.pi, now)
    with pytest.raises(AlreadyInvited):
        invite(cast.study, cast.pi, now)
    assert invite(cast.study, cast.pi, now + timedelta(days=7)).secret


def test_somebody_who_left_can_be_invited_back(cast: make.Cast, now: datetime) -> None:
    actions.leave(cast.study.memberships.get(user=cast.ruth), now=now)
    invited = invite(cast.study, cast.pi, now, email=cast.ruth.email, roles=["adjudicator"])
    joined = actions.accept_invitation(secret=invited.secret, by=cast.ruth, now=now)
    assert (joined.roles, joined.left_at) == (["adjudicator"], None)


def test_a_member_does_not_use_up_a_link_by_opening_it(cast: make.Cast, now: datetime) -> None:
    invited = invite(cast.study, cast.pi, now)
    with pytest.raises(AlreadyMember):
        actions.accept_invitation(secret=invited.secret, by=cast.pi, now=now)
    assert actions.accept_invitation(secret=invited.secret, by=cast.outsider, now=now).roles == ["coder"]


def test_an_account_cannot_be_taken_over_with_a_link(cast: make.Cast, now: datetime) -> None:
    invited = invite(cast.study, cast.pi, now, email=cast.outsider.email)
    with pytest.raises(HasAccount):
        actions.accept_as_new_person(secret=invited.secret, name="Eve", password=PASSWORD, now=now)
    cast.outsider.refresh_from_db()
    assert (cast.outsider.name, cast.outsider.check_password(make.PASSWORD)) == ("Olga Stranger", True)


def test_only_a_pi_invites_a_pi(cast: make.Cast, now: datetime) -> None:
    with pytest.raises(OnlyPisMakePis):
        invite(cast.study, cast.administrator, now, roles=["pi"])
    by_pi = invite(cast.study, cast.pi, now, roles=["pi"])
    with pytest.raises(OnlyPisMakePis):
        actions.renew_invitation(by_pi.invitation, links_begin=LINKS, by=cast.administrator, now=now)


def test_the_link_is_mailed_where_a_mail_server_is_set(
    cast: make.Cast, now: datetime, settings: object
) -> None:
    settings.EMAIL_HOST = "mail.example.org"  # type: ignore[attr-defined]
    with TestCase.captureOnCommitCallbacks(execute=True):
        invited = invite(cast.study, cast.pi, now)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["nina@example.org"], "Amara Osei invites you to “Staff support”")
    assert [line for line in sent.body.splitlines() if "://" in line] == [f"{LINKS}{invited.secret}/"]


def test_nothing_is_mailed_without_a_mail_server(cast: make.Cast, now: datetime) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        invite(cast.study, cast.pi, now)
    assert mail.outbox == []


def test_a_mail_server_in_trouble_loses_nothing(cast: make.Cast, now: datetime, settings: object) -> None:
    settings.EMAIL_HOST = "127.0.0.1"  # type: ignore[attr-defined]
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    with TestCase.captureOnCommitCallbacks(execute=True):
        invited = invite(cast.study, cast.pi, now)
    assert actions.find_invitation(secret=invited.secret, now=now) == invited.invitation


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_account", [False, True])
def test_of_two_browsers_at_once_one_joins_and_the_other_is_told(has_account: bool, now: datetime) -> None:
    study = make.study()
    pi = make.member(study, Role.PI)
    secret = invite(study, pi, now).secret
    people = [make.person(), make.person()]
    outcomes: list[str] = []

    def accept(person: User) -> None:
        try:
            if has_account:
                actions.accept_invitation(secret=secret, by=person, now=now)
            else:
                actions.accept_as_new_person(secret=secret, name="Nina", password=PASSWORD, now=now)
            outcomes.append("joined")
        except Refusal as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=accept, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["InvitationIsUsed", "joined"]
    assert Membership.objects.filter(study=study, roles=["coder"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_invitations_of_one_address_accepted_at_once_make_one_account(now: datetime) -> None:
    outcomes: list[str] = []
    secrets = []
    for _ in range(2):
        study = make.study()
        secrets.append(invite(study, make.member(study, Role.PI), now).secret)

    def accept(secret: str) -> None:
        try:
            actions.accept_as_new_person(secret=secret, name="Nina", password=PASSWORD, now=now)
            outcomes.append("joined")
        except Refusal as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=accept, args=[secret]) for secret in secrets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["HasAccount", "joined"]
    assert User.objects.filter(email="nina@example.org").count() == 1
