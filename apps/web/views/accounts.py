from http import HTTPStatus
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts import actions
from apps.accounts.models import ApiToken
from apps.web.access import PersonRequest, signed_in
from apps.web.forms.accounts import NameForm, TokenForm


@signed_in
def account(request: PersonRequest) -> HttpResponse:
    """One's own name and studies."""
    form = NameForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        actions.rename(request.user, name=form.cleaned_data["name"], now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("account")
    memberships = request.user.memberships.current().select_related("study", "site").order_by("study__name")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/account.html", {"form": form, "memberships": memberships}, status=status)


@signed_in
def tokens(request: PersonRequest) -> HttpResponse:
    """The tokens of one's programs."""
    return _tokens(request, TokenForm())


@signed_in
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def token_make(request: PersonRequest) -> HttpResponse:
    """Makes a token and shows its secret, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _tokens(request, form)
    token, secret = actions.make_token(**form.cleaned_data, by=request.user, now=timezone.now())
    # No redirect: the secret is stored nowhere, so this response is the only one that can show it.
    facts = {"token": token, "secret": secret}
    return render(request, "accounts/token_made.html", facts, status=HTTPStatus.CREATED)


@signed_in
@require_POST
def token_revoke(request: PersonRequest, token_id: UUID) -> HttpResponse:
    """Takes a token back."""
    token = get_object_or_404(ApiToken, user=request.user, id=token_id)
    actions.revoke_token(token, by=request.user, now=timezone.now())
    messages.success(request, _("“%(name)s” no longer works.") % {"name": token.name})
    return redirect("tokens")


def _tokens(request: PersonRequest, form: TokenForm) -> HttpResponse:
    facts = {"form": form, "tokens": ApiToken.objects.filter(user=request.user), "now": timezone.now()}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/token_list.html", facts, status=status)
