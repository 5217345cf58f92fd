"""What tells the windows of one coder of one another: a stream that carries a number and nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from apps.accounts.models import User
from apps.agreement import queries as agreement
from apps.coding import actions, queries
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.core.wakes import listening
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.views.assignments import own

HEARTBEAT = 15.0  # seconds after which the ledger is looked at also unasked
STANDING = ("state", "voided_at", "is_open", "transcript_version")
RETRY = 2000  # milliseconds after which the browser asks again

Frames = AsyncIterator[str]


class News(NamedTuple):
    """The last gesture, the print of what colleagues show, the text's version, how many rulings there are,
    whether it is closed, whether it is open to colleagues."""

    number: str
    team: str
    text: str = ""
    rulings: str = ""
    is_closed: bool = False
    is_open: bool = False


@requires(Permission.CODING_CODE)
def live(request: StudyRequest, assignment_id: UUID) -> HttpResponseBase:
    """Says each time how far the coder's gestures go, beginning with what the page does not know."""
    assignment = own(request, assignment_id)
    known = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    text = request.GET.get("text", str(assignment.transcript_version_id))
    is_open = request.GET.get("open", "") == "yes"
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    told = News(known, "", text, is_open=is_open)
    if not settings.LIVE_SECONDS:
        news = _read(request.user, assignment)
        body = _begin() + "".join(_frames(news, told))
        return HttpResponse(body, content_type="text/event-stream", headers=headers)
    frames = stream(request.user, assignment, told)
    return StreamingHttpResponse(frames, content_type="text/event-stream", headers=headers)


async def stream(coder: User, assignment: CodingAssignment, told: News) -> Frames:
    """Frames beyond what was told; ends after a while, so that the browser comes back and says who it is."""
    ends = time.monotonic() + settings.LIVE_SECONDS
    yield _begin()
    async with listening(*assignment.topics) as news:
        while (left := ends - time.monotonic()) > 0:
            news.clear()
            new = await sync_to_async(_look, thread_sensitive=False)(coder, assignment)
            yield "".join(_frames(new, told)) or ": here\n\n"
            told = new
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), min(HEARTBEAT, left))


def _look(coder: User, assignment: CodingAssignment) -> News:
    """Reads as the coder, and keeps no connection: a stream mostly waits."""
    try:
        with acting_as(coder.id):
            return _read(coder, assignment)
    finally:
        connections.close_all()


def _read(coder: User, assignment: CodingAssignment) -> News:
    """What is new; the page of an open assignment is thereby seen to be open."""
    number, team = str(queries.last_number(assignment.id)), ""
    known = CodingAssignment.objects.only(*STANDING).filter(id=assignment.id).first()
    if assignment.is_open and known and known.is_open:
        now = timezone.now()
        actions.be_present(assignment=assignment, now=now)
        team = queries.team_print(assignment, viewer=coder, now=now)
    text = str(known.transcript_version_id) if known else ""
    is_closed, is_open = known is None or not known.is_writable, known is not None and known.is_open
    return News(number, team, text, _rulings(assignment), is_closed, is_open)


def _rulings(assignment: CodingAssignment) -> str:
    """How many its round has: none is nothing to tell, and the page knows how many it shows."""
    is_of_round = assignment.kind == CodingAssignment.Kind.INDEPENDENT
    number = agreement.rulings(assignment=assignment).count() if is_of_round else 0
    return str(number or "")


def _begin() -> str:
    return f"retry: {RETRY}\n\n"


def _frames(new: News, told: News) -> Iterator[str]:
    if new.number != told.number:
        yield f"id: {new.number}\ndata: {new.number}\n\n"
    if new.team != told.team:
        yield f"event: team\ndata: {new.team}\n\n"
    if new.text != told.text:
        yield f"event: text\ndata: {new.text}\n\n"
    if new.rulings != told.rulings:
        yield f"event: ruling\ndata: {new.rulings}\n\n"
    if new.is_open != told.is_open:
        yield f"event: opened\ndata: {'yes' if new.is_open else 'no'}\n\n"
    if new.is_closed != told.is_closed:
        yield f"event: closed\ndata: {'yes' if new.is_closed else 'no'}\n\n"
