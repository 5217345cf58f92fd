from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.refusal import Refused
from apps.studies import actions
from apps.studies.actions import Invited
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.studies import InviteForm, RolesForm
from apps.web.refusals import in_words, put_on_form


@requires(Permission.MEMBERS_VIEW)
def members(request: StudyRequest) -> HttpResponse:
    """The team, and the invitations that nobody has answered."""
    facts = {
        "memberships": request.study.memberships.current().select_related("user", "site"),
        "invitations": request.study.invitations.unanswered().select_related("site", "invited_by"),
        "may_manage": request.membership.may(Permission.MEMBERS_MANAGE),
        "now": timezone.now(),
    }
    return render(request, "studies/member_list.html", facts)


@requires(Permission.MEMBERS_MANAGE)
def member(request: StudyRequest, membership_id: UUID) -> HttpResponse:
    """Changes what a member may do."""
    members = request.study.memberships.current().select_related("user", "site")
    membership = get_object_or_404(members, id=membership_id)
    current = {"roles": membership.roles, "site": membership.site}
    form = RolesForm(request.POST or None, initial=current, study=request.study)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_roles(membership, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("members", request.study.id)
        except Refused as refused:
            put_on_form(form, refused)
    facts = {"form": form, "membership": membership, "is_me": membership.user == request.user}
    return render(request, "studies/member_edit.html", facts, status=_status(form))


@requires(Permission.MEMBERS_MANAGE)
@require_POST
def member_remove(request: StudyRequest, membership_id: UUID) -> HttpResponse:
    """Ends a membership."""
    membership = get_object_or_404(request.study.memberships.current(), id=membership_id)
    try:
        actions.remove_member(membership, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
        return redirect("member", request.study.id, membership.id)
    messages.success(request, _("%(name)s is no longer a member.") % {"name": membership.user.name})
    return redirect("members", request.study.id)


@requires(Permission.STUDY_VIEW)
@require_POST
def leave(request: StudyRequest) -> HttpResponse:
    """Ends one's own membership."""
    try:
        actions.leave(request.membership, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
        return redirect("account")
    messages.success(request, _("You have left “%(study)s”.") % {"study": request.study.name})
    return redirect("studies")


@requires(Permission.MEMBERS_MANAGE)
def invite(request: StudyRequest) -> HttpResponse:
    """Makes an invitation and shows its link, this once."""
    form = InviteForm(request.POST or None, study=request.study)
    if request.method == "POST" and form.is_valid():
        try:
            invited = actions.invite(
                request.study,
                **form.cleaned_data,
                links_begin=_links_begin(request),
                by=request.user,
                now=timezone.now(),
            )
            return _link(request, invited)
        except Refused as refused:
            put_on_form(form, refused, AlreadyMember="email", AlreadyInvited="email")
    return render(request, "studies/invite.html", {"form": form}, status=_status(form))


@requires(Permission.MEMBERS_MANAGE)
@require_POST
def invitation_renew(request: StudyRequest, invitation_id: UUID) -> HttpResponse:
    """A new link in place of a lost one."""
    invitation = get_object_or_404(request.study.invitations, id=invitation_id)
    try:
        invited = actions.renew_invitation(
            invitation, links_begin=_links_begin(request), by=request.user, now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, in_words(refused))
        return redirect("members", request.study.id)
    return _link(request, invited)


@requires(Permission.MEMBERS_MANAGE)
@require_POST
def invitation_withdraw(request: StudyRequest, invitation_id: UUID) -> HttpResponse:
    """Makes a link useless."""
    invitation = get_object_or_404(request.study.invitations, id=invitation_id)
    try:
        actions.withdraw_invitation(invitation, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("members", request.study.id)


def _link(request: StudyRequest, invited: Invited) -> HttpResponse:
    # No redirect: the secret is stored nowhere, so this response is the only one that can show it.
    link = f"{_links_begin(request)}{invited.secret}/"
    facts = {"invitation": invited.invitation, "link": link, "is_mailed": bool(settings.EMAIL_HOST)}
    return render(request, "studies/invitation_link.html", facts, status=HTTPStatus.CREATED)


def _links_begin(request: StudyRequest) -> str:
    return request.build_absolute_uri(reverse("invitation", args=["-"])).removesuffix("-/")


def _status(form: BaseForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
