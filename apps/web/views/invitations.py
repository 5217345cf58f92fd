"""The one page of ours that somebody reaches before they can sign in."""

from http import HTTPStatus
from typing import cast

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from apps.accounts.models import User
from apps.accounts.queries import has_account
from apps.core.refusal import Refused
from apps.studies import actions
from apps.studies.models import Invitation, Membership
from apps.web.access import public
from apps.web.forms.studies import NewPersonForm
from apps.web.refusals import in_words


@public
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Joins a study: with the account that is signed in, with one that exists, or with a new one."""
    try:
        found = actions.find_invitation(secret=secret, now=timezone.now())
        if request.user.is_authenticated:
            return _as_member(request, found, secret)
        if has_account(found.email):
            return render(request, "studies/invitation_sign_in.html", {"invitation": found})
        return _as_new_person(request, found, secret)
    except Refused as refused:
        facts = {"sentence": in_words(refused)}
        return render(request, "studies/invitation_over.html", facts, status=HTTPStatus.GONE)


def _as_member(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    person = cast(User, request.user)
    if request.method != "POST":
        return render(request, "studies/invitation_join.html", {"invitation": invitation})
    membership = actions.accept_invitation(secret=secret, by=person, now=timezone.now())
    return redirect("study_today", membership.study_id)


def _as_new_person(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    form = NewPersonForm(request.POST or None, initial={"name": invitation.name})
    status = HTTPStatus.OK
    if request.method == "POST":
        membership = _accept(form, secret)
        if membership:
            login(request, membership.user)
            return redirect("study_today", membership.study_id)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    facts = {"form": form, "invitation": invitation}
    return render(request, "studies/invitation_accept.html", facts, status=status)


def _accept(form: NewPersonForm, secret: str) -> Membership | None:
    """The new membership; or None, with what is wrong on the form."""
    if not form.is_valid():
        return None
    try:
        return actions.accept_as_new_person(secret=secret, **form.cleaned_data, now=timezone.now())
    except ValidationError as weak:
        form.add_error("password", weak)
    return None
