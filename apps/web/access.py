"""Every page says who may see it, beside its view; a test fails for a URL that does not."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from apps.accounts.models import User
from apps.core.compiled import Compiled
from apps.core.identity import acting_as
from apps.studies.models import Membership, Study
from apps.studies.permissions import Permission

P = ParamSpec("P")

_memberships = Compiled(
    lambda study, user: (
        Membership.objects.current().filter(study=study, user=user).order_by().select_related("study", "site")
    ),
    study=UUID,
    user=UUID,
)


class StudyRequest(HttpRequest):
    """A request of a signed-in member inside a study."""

    user: User
    study: Study
    membership: Membership
    htmx: HtmxDetails


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


PublicView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
PersonView = Callable[Concatenate[PersonRequest, P], HttpResponseBase]
StudyView = Callable[Concatenate[StudyRequest, P], HttpResponseBase]
AnyView = Callable[..., HttpResponseBase]


def public(view: PublicView[P]) -> AnyView:
    """A page for everybody, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: PersonView[P]) -> AnyView:
    """A page for everybody who is signed in; the database knows who asks."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        with acting_as(request.user.id):
            return _finished(view(cast(PersonRequest, request), *args, **kwargs))

    guarded.access = "signed_in"  # type: ignore[attr-defined]
    return guarded


def requires(permission: Permission) -> Callable[[StudyView[P]], AnyView]:
    """A page of a study: 404 for outsiders, 403 for members without the permission."""

    def decorate(view: StudyView[P]) -> AnyView:
        @wraps(view)
        def guarded(
            request: HttpRequest, study_id: UUID, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            inside = cast(StudyRequest, request)
            with acting_as(inside.user.id):
                membership = _memberships.first(study=study_id, user=inside.user.id)
                if membership is None:
                    raise Http404
                inside.membership, inside.study = membership, membership.study
                if not inside.membership.may(permission):
                    raise PermissionDenied
                return _finished(view(inside, *args, **kwargs))

        guarded.access = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def _finished(response: HttpResponseBase) -> HttpResponseBase:
    """Renders while the database still knows who asks: a lazy template would read nothing afterwards."""
    render = getattr(response, "render", None)
    if callable(render) and isinstance(response, HttpResponse):
        render()
    return response
