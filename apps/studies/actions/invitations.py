import hashlib
import logging
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string

from apps.accounts import actions as accounts
from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.studies.actions.members import check_giver, in_order
from apps.studies.models import Invitation, Membership, Site, Study
from apps.studies.permissions import Role

DAYS_VALID = 7

log = logging.getLogger(__name__)


class AlreadyMember(Refusal):
    template = gettext_noop("%(name)s is a member of this study already.")


class AlreadyInvited(Refusal):
    template = gettext_noop("%(email)s has an open invitation already. Make a new link for it instead.")


class InvitationIsUsed(Refusal):
    template = gettext_noop("This invitation has been used. If it was you who used it, sign in.")


class InvitationIsOver(Refusal):
    template = gettext_noop("This invitation is no longer valid. Ask for a new link.")


class HasAccount(Refusal):
    template = gettext_noop("There is an account for this e-mail already. Sign in with it to join.")


@dataclass(frozen=True)
class Invited:
    """An invitation and the secret of its link, which exists here and nowhere else."""

    invitation: Invitation
    secret: str


@transaction.atomic
def invite(
    study: Study,
    *,
    email: str,
    name: str,
    roles: Collection[str],
    site: Site | None = None,
    links_begin: str,
    by: User,
    now: datetime,
) -> Invited:
    """Invites one address, with a link valid for a week; `links_begin` is what stands before its secret."""
    Study.objects.select_for_update().get(id=study.id)
    email, chosen = email.strip().lower(), in_order(roles)
    check_giver(study, touches_pi=Role.PI in chosen, by=by)
    _check_is_new(study, email, now=now)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        study=study,
        email=email,
        name=name,
        roles=chosen,
        site=site,
        secret_digest=digest(secret),
        invited_by=by,
        expires_at=now + timedelta(days=DAYS_VALID),
    )
    _record("invited", invitation, by=by, now=now)
    if settings.EMAIL_HOST:
        transaction.on_commit(partial(_mail, invitation, f"{links_begin}{secret}/"), robust=True)
    return Invited(invitation, secret)


@transaction.atomic
def renew_invitation(invitation: Invitation, *, links_begin: str, by: User, now: datetime) -> Invited:
    """A new link in place of one that was lost or is over; the old one no longer works."""
    withdraw_invitation(invitation, by=by, now=now)
    return invite(
        invitation.study,
        email=invitation.email,
        name=invitation.name,
        roles=invitation.roles,
        site=invitation.site,
        links_begin=links_begin,
        by=by,
        now=now,
    )


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User, now: datetime) -> Invitation:
    """The link stops working."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(id=invitation.id)
    check_giver(invitation.study, touches_pi=Role.PI in invitation.roles, by=by)
    if invitation.accepted_at:
        raise InvitationIsUsed
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        _record("withdrawn", invitation, by=by, now=now)
    return invitation


@transaction.atomic
def accept_invitation(*, secret: str, by: User, now: datetime) -> Membership:
    """Somebody who has an account joins with it. A link works once, in one browser."""
    invitation = _locked(secret, now=now)
    if invitation.study.memberships.current().filter(user=by).exists():
        raise AlreadyMember(name=by.name)
    return _join(invitation, by, now=now)


@transaction.atomic
def accept_as_new_person(*, secret: str, name: str, password: str, now: datetime) -> Membership:
    """Somebody without an account makes one and joins; a weak password raises ValidationError."""
    invitation = _locked(secret, now=now)
    person = accounts.begin_account(email=invitation.email, name=name, password=password, now=now)
    if person is None:
        raise HasAccount
    return _join(invitation, person, now=now)


def find_invitation(*, secret: str, now: datetime) -> Invitation:
    """The invitation behind a link, as long as the link works."""
    return _working(Invitation.objects.all(), secret, now=now)


def digest(secret: str) -> str:
    """What is stored of a link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _check_is_new(study: Study, email: str, *, now: datetime) -> None:
    member = study.memberships.current().filter(user__email=email).select_related("user").first()
    if member and member.user.has_usable_password():
        raise AlreadyMember(name=member.user.name)
    if study.invitations.open(now=now).filter(email=email).exists():
        raise AlreadyInvited(email=email)


def _locked(secret: str, *, now: datetime) -> Invitation:
    return _working(Invitation.objects.select_for_update(of=("self",)), secret, now=now)


def _working(invitations: QuerySet[Invitation], secret: str, *, now: datetime) -> Invitation:
    found = invitations.select_related("study", "site", "invited_by").filter(secret_digest=digest(secret))
    invitation = found.first()
    if invitation is None or invitation.withdrawn_at:
        raise InvitationIsOver
    if invitation.accepted_at:
        raise InvitationIsUsed
    if invitation.expires_at <= now:
        raise InvitationIsOver
    return invitation


def _join(invitation: Invitation, person: User, *, now: datetime) -> Membership:
    # A PI who was added without a password is a member before they accept: no invitation takes a role away.
    member = invitation.study.memberships.current().filter(user=person).first()
    roles = in_order([*invitation.roles, *(member.roles if member else [])])
    membership, _ = Membership.objects.update_or_create(
        study=invitation.study,
        user=person,
        defaults={"roles": roles, "site": invitation.site, "left_at": None},
    )
    invitation.accepted_at, invitation.accepted_by = now, person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    _record("accepted", invitation, by=person, now=now)
    return membership


def _mail(invitation: Invitation, link: str) -> None:
    facts = {"invitation": invitation, "link": link, "days": DAYS_VALID}
    try:
        send_mail(
            render_to_string("studies/invitation_subject.txt", facts).strip(),
            render_to_string("studies/invitation_mail.txt", facts),
            None,
            [invitation.email],
        )
    except OSError:
        # The link stands on the page as well, so that a mail server's trouble loses nothing.
        log.exception("The mail of invitation %s was not sent.", invitation.id)


def _record(verb: str, invitation: Invitation, *, by: User, now: datetime) -> None:
    record(
        verb,
        "invitation",
        by=by,
        now=now,
        study_id=invitation.study_id,
        object_id=invitation.id,
        object_name=invitation.name,
        roles=list(invitation.roles),
    )
