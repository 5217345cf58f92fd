"""What every page needs before and after its view."""

from collections.abc import Callable

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.core import identity

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

Handler = Callable[[HttpRequest], HttpResponse]


def content_security_policy(get_response: Handler) -> Handler:
    """Nothing runs in a page but our own files; pages with people's words are never kept by a cache."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return respond


def origin_of_request(get_response: Handler) -> Handler:
    """Keeps the address that asks, for the audit trail."""

    def respond(request: HttpRequest) -> HttpResponse:
        token = identity.address.set(get_client_ip(request) or "")
        try:
            return get_response(request)
        finally:
            identity.address.reset(token)

    return respond


def begin_with_nobody(get_response: Handler) -> Handler:
    """Who asks is said by the view's declaration alone: a request inherits nothing from where it runs."""

    def respond(request: HttpRequest) -> HttpResponse:
        with identity.nobody():
            return get_response(request)

    return respond
