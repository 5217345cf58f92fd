"""What tells the windows of one coder of one another: a stream that carries a number and nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from apps.coding import queries
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.core.wakes import listening
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.views.assignments import own

HEARTBEAT = 15.0  # seconds after which the ledger is looked at also unasked
RETRY = 2000  # milliseconds after which the browser asks again

Frames = AsyncIterator[str]


@requires(Permission.CODING_CODE)
def live(request: StudyRequest, assignment_id: UUID) -> HttpResponseBase:
    """Says each time how far the coder's gestures go, beginning with what the page does not know."""
    assignment = own(request, assignment_id)
    known = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if not settings.LIVE_SECONDS:
        number = queries.last_number(assignment.id)
        body = _begin() + (_frame(number) if str(number) != known else "")
        return HttpResponse(body, content_type="text/event-stream", headers=headers)
    frames = stream(request.user.id, assignment, known)
    return StreamingHttpResponse(frames, content_type="text/event-stream", headers=headers)


async def stream(coder_id: UUID, assignment: CodingAssignment, known: str = "") -> Frames:
    """Frames for the coder; ends after a while, so that the browser comes back and is asked who it is."""
    ends = time.monotonic() + settings.LIVE_SECONDS
    yield _begin()
    async with listening(assignment.topic) as news:
        while (left := ends - time.monotonic()) > 0:
            news.clear()
            number = str(await sync_to_async(_look, thread_sensitive=False)(coder_id, assignment.id))
            yield _frame(number) if number != known else ": here\n\n"
            known = number
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), min(HEARTBEAT, left))


def _look(coder_id: UUID, assignment_id: UUID) -> int:
    """Reads as the coder, and keeps no connection: a stream mostly waits."""
    try:
        with acting_as(coder_id):
            return queries.last_number(assignment_id)
    finally:
        connections.close_all()


def _begin() -> str:
    return f"retry: {RETRY}\n\n"


def _frame(number: int | str) -> str:
    return f"id: {number}\ndata: {number}\n\n"
