"""Nobody takes another's name or place: addresses, invitations, roles, tokens."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.studies import actions
from apps.studies.models import Membership
from apps.studies.permissions import Role
from tests import make

pytestmark = pytest.mark.django_db

NOW = make.NOW


@pytest.fixture
def ruth(client: Client, cast: make.Cast) -> Client:
    """Ruth's browser, in which she has just given her password."""
    client.post(reverse("account_login"), {"login": cast.ruth.email, "password": make.PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    return client


@pytest.mark.parametrize("wanted", ["chief@example.org", "jin"])
@pytest.mark.parametrize("is_own_removed", [False, True])
def test_nobody_goes_by_an_address_that_nothing_has_proved(
    ruth: Client, cast: make.Cast, wanted: str, is_own_removed: bool
) -> None:
    own = cast.ruth.email
    wanted = cast.jin.email if wanted == "jin" else wanted
    if is_own_removed:
        ruth.post(reverse("account_email"), {"action_remove": "", "email": own})
    ruth.post(reverse("account_email"), {"action_add": "", "email": wanted})
    ruth.post(reverse("account_email"), {"action_primary": "", "email": wanted})
    assert User.objects.get(id=cast.ruth.id).email == own
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [own]


@pytest.fixture
def new_pi(cast: make.Cast) -> User:
    """A PI who was added on the server and has not accepted yet: a member without a password."""
    person = User.objects.create_user("new.pi@example.org", name="New PI")
    Membership.objects.create(study=cast.study, user=person, roles=[Role.PI])
    return person


def test_an_administrator_does_not_unmake_a_pi_by_an_invitation(cast: make.Cast, new_pi: User) -> None:
    invited = actions.invite(
        cast.study,
        email=new_pi.email,
        name=new_pi.name,
        roles=[Role.OBSERVER],
        links_begin="",
        by=cast.administrator,
        now=NOW,
    )
    joined = actions.accept_as_new_person(
        secret=invited.secret, name=new_pi.name, password="a sentence of my own", now=NOW
    )
    assert (joined.user, joined.roles) == (new_pi, ["pi", "observer"])


def test_a_former_member_comes_back_with_the_roles_of_the_new_invitation_only(cast: make.Cast) -> None:
    actions.remove_member(cast.study.memberships.get(user=cast.ruth), by=cast.pi, now=NOW)
    invited = actions.invite(
        cast.study,
        email=cast.ruth.email,
        name="Ruth Hale",
        roles=[Role.OBSERVER],
        links_begin="",
        by=cast.administrator,
        now=NOW,
    )
    assert actions.accept_invitation(secret=invited.secret, by=cast.ruth, now=NOW).roles == ["observer"]
