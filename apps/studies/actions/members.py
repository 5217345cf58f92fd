from collections.abc import Collection
from datetime import datetime

from django.db import models, transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.studies.models import Membership, Site, Study
from apps.studies.permissions import Role


class LastLeadResearcher(Refusal):
    template = gettext_noop("A study keeps at least one PI. Make somebody else a PI first.")


class OnlyPisMakePis(Refusal):
    template = gettext_noop("Only a PI can give or take the role of a PI.")


class OwnRoles(Refusal):
    template = gettext_noop("You cannot change your own roles. Ask a PI of the study to do it.")


class NoRole(Refusal):
    template = gettext_noop("Choose at least one role.")


@transaction.atomic
def change_roles(
    membership: Membership, *, roles: Collection[str], site: Site | None = None, by: User, now: datetime
) -> Membership:
    """The member's roles become exactly these; `site` limits what a recruiter sees."""
    membership = _locked(membership)
    chosen = in_order(roles)
    changes_pi = (Role.PI in chosen) != (Role.PI in membership.roles)
    check_giver(membership.study, touches_pi=changes_pi, by=by)
    if membership.user_id == by.id and not _is_pi(membership.study, by):
        raise OwnRoles
    if Role.PI not in chosen:
        _check_pi_remains(membership)
    before = list(membership.roles)
    membership.roles, membership.site = chosen, site
    membership.save(update_fields=["roles", "site"])
    _record("roles changed", membership, by=by, now=now, before=before, after=chosen)
    return membership


@transaction.atomic
def leave(membership: Membership, *, now: datetime) -> Membership:
    """The member goes by themselves; what they did stays."""
    membership = _locked(membership)
    return _end(membership, "left", by=membership.user, now=now)


@transaction.atomic
def remove_member(membership: Membership, *, by: User, now: datetime) -> Membership:
    """The member loses sight of the study; what they did stays under their name."""
    membership = _locked(membership)
    check_giver(membership.study, touches_pi=Role.PI in membership.roles, by=by)
    return _end(membership, "removed", by=by, now=now)


def check_giver(study: Study, *, touches_pi: bool, by: User) -> None:
    """Nobody but a PI decides who is a PI."""
    if touches_pi and not _is_pi(study, by):
        raise OnlyPisMakePis


def in_order(roles: Collection[str]) -> list[str]:
    """The chosen roles, each once, in the order of `Role`; at least one."""
    chosen = [role.value for role in Role if role in roles]
    if not chosen:
        raise NoRole
    return chosen


def _end(membership: Membership, verb: str, *, by: User, now: datetime) -> Membership:
    _check_pi_remains(membership)
    membership.left_at = now
    membership.save(update_fields=["left_at"])
    _record(verb, membership, by=by, now=now, roles=list(membership.roles))
    return membership


def _locked(membership: Membership) -> Membership:
    # The study's row, not the member's: two PIs who go at the same time would each see the other stay.
    Study.objects.select_for_update().get(id=membership.study_id)
    return Membership.objects.select_related("study", "user").get(id=membership.id)


def _check_pi_remains(membership: Membership) -> None:
    others = _pis(membership.study).exclude(id=membership.id)
    if Role.PI in membership.roles and not others.exists():
        raise LastLeadResearcher


def _is_pi(study: Study, user: User) -> bool:
    return _pis(study).filter(user=user).exists()


def _pis(study: Study) -> models.QuerySet[Membership]:
    return study.memberships.current().filter(roles__contains=[Role.PI])


def _record(verb: str, membership: Membership, *, by: User, now: datetime, **detail: object) -> None:
    record(
        verb,
        "member",
        by=by,
        now=now,
        study_id=membership.study_id,
        object_id=membership.id,
        object_name=membership.user.name,
        **detail,
    )
