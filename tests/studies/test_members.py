from datetime import datetime
from threading import Thread

import pytest
from django.db import connection

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.core.refusal import Refusal
from apps.studies import actions
from apps.studies.actions.members import LastLeadResearcher, NoRole, OnlyPisMakePis, OwnRoles
from apps.studies.models import Membership
from apps.studies.permissions import Role
from tests import make


def of(cast: make.Cast, user: User) -> Membership:
    return cast.study.memberships.get(user=user)


def test_roles_are_kept_once_and_in_order(cast: make.Cast, now: datetime) -> None:
    changed = actions.change_roles(
        of(cast, cast.ruth), roles=["adjudicator", "coder", "coder"], by=cast.pi, now=now
    )
    assert changed.roles == ["coder", "adjudicator"]
    event = AuditEvent.objects.latest("created_at")
    assert (event.verb, event.object_name, event.detail) == (
        "roles changed",
        "Ruth Hale",
        {"before": ["coder"], "after": ["coder", "adjudicator"]},
    )


def test_a_member_has_a_role(cast: make.Cast, now: datetime) -> None:
    with pytest.raises(NoRole):
        actions.change_roles(of(cast, cast.ruth), roles=["no such role"], by=cast.pi, now=now)


def test_an_administrator_can_neither_make_a_pi_nor_unmake_one(cast: make.Cast, now: datetime) -> None:
    with pytest.raises(OnlyPisMakePis):
        actions.change_roles(of(cast, cast.ruth), roles=["pi"], by=cast.administrator, now=now)
    with pytest.raises(OnlyPisMakePis):
        actions.change_roles(of(cast, cast.pi), roles=["observer"], by=cast.administrator, now=now)
    with pytest.raises(OnlyPisMakePis):
        actions.remove_member(of(cast, cast.pi), by=cast.administrator, now=now)


def test_an_administrator_cannot_make_themselves_a_coder(cast: make.Cast, now: datetime) -> None:
    with pytest.raises(OwnRoles):
        actions.change_roles(
            of(cast, cast.administrator), roles=["administrator", "coder"], by=cast.administrator, now=now
        )


def test_the_last_pi_stays(cast: make.Cast, now: datetime) -> None:
    mine = of(cast, cast.pi)
    for going in (
        lambda: actions.leave(mine, now=now),
        lambda: actions.remove_member(mine, by=cast.pi, now=now),
        lambda: actions.change_roles(mine, roles=["coder"], by=cast.pi, now=now),
    ):
        with pytest.raises(LastLeadResearcher):
            going()
    actions.change_roles(of(cast, cast.ruth), roles=["pi"], by=cast.pi, now=now)
    actions.leave(mine, now=now)
    assert [row.user for row in cast.study.memberships.current().filter(roles__contains=["pi"])] == [
        cast.ruth
    ]


def test_whoever_is_removed_loses_sight_of_the_study(cast: make.Cast, now: datetime) -> None:
    actions.remove_member(of(cast, cast.ruth), by=cast.administrator, now=now)
    assert of(cast, cast.ruth).left_at == now
    assert cast.study not in type(cast.study).objects.visible_to(cast.ruth)


@pytest.mark.django_db(transaction=True)
def test_two_pis_who_leave_at_once_do_not_leave_the_study_without_one(now: datetime) -> None:
    study = make.study()
    people = [make.member(study, Role.PI) for _ in range(2)]
    outcomes: list[str] = []

    def leave(user: User) -> None:
        try:
            actions.leave(study.memberships.get(user=user), now=now)
            outcomes.append("left")
        except Refusal as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=leave, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["LastLeadResearcher", "left"]
    assert study.memberships.current().count() == 1
