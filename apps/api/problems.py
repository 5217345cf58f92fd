"""Errors in one shape: problem+json (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.core.refusal import Refused


def as_problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """One sentence in `detail`; for a refused form the fields stand in `errors`."""
    if isinstance(exc, Refused):
        exc = Unprocessable(str(exc))
    response = exception_handler(exc, context)
    if response is None:
        return None
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
    }
    if isinstance(response.data, dict) and set(response.data) == {"detail"}:
        body["detail"] = response.data["detail"]
    else:
        body["detail"] = "Some fields were not accepted."
        body["errors"] = response.data
    response.data = body
    response.content_type = "application/problem+json"
    return response


class Unprocessable(APIException):
    """What was asked is understood and cannot be done; the sentence says why."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
