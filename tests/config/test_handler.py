"""What granian calls: requests are answered by threads, streams by the loop, and nothing stays behind."""

import asyncio
import gc
import io
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import ref

import pytest
from django.core.signals import request_finished, request_started
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from apps.core import giving_way
from config.handler import THREADS, Handler

said: ContextVar[str] = ContextVar("said", default="nothing")
ended: list[str] = []


def speak(request: HttpRequest) -> HttpResponse:
    """What an earlier request of this thread left behind, and which thread it is."""
    before = said.get()
    said.set("something")
    return HttpResponse(f"{before} {request.body.decode()} {threading.current_thread().name[:7]}")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def frames() -> AsyncIterator[str]:
        try:
            yield "first"
            waiting.append(giving_way._waiting.number)
            await asyncio.sleep(3600)
        finally:
            ended.append("stream")

    return StreamingHttpResponse(frames())


def file(request: HttpRequest) -> FileResponse:
    return FileResponse(io.BytesIO(b"x" * 100_000))


class Held:
    """What a page read; and it holds the request, as the person who asks does."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request


held: list[ref[Held]] = []
waiting: list[int] = []


def hold(request: HttpRequest) -> HttpResponse:
    kept = vars(request)["kept"] = Held(request)
    held.append(ref(kept))
    waiting.append(giving_way._waiting.number)
    return HttpResponse("held")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


urlpatterns = [path(view.__name__, view) for view in (speak, stream, file, hold, broken)]
handler500 = "django.views.defaults.server_error"


class Browser:
    """One request: what it is answered; it leaves when it is told to, or when the answer is there."""

    def __init__(self, name: str, body: bytes = b"") -> None:
        path = f"/{name}"
        headers = [(b"host", b"localhost")]
        self.scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
        self.messages = [{"type": "http.request", "body": body, "more_body": False}]
        self.left = asyncio.Event()
        self.sent: list[Any] = []

    async def receive(self) -> Any:
        if self.messages:
            return self.messages.pop(0)
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)
        if message.get("body") == b"first":
            self.left.set()

    @property
    def answer(self) -> tuple[int, bytes]:
        return self.sent[0]["status"], b"".join(each.get("body", b"") for each in self.sent[1:])


def ask(*browsers: Browser) -> None:
    handler = Handler()

    async def all_at_once() -> None:
        await asyncio.gather(*(handler(each.scope, each.receive, each.send) for each in browsers))

    asyncio.run(asyncio.wait_for(all_at_once(), 60))


@pytest.fixture(autouse=True)
def pages() -> Iterator[None]:
    ended.clear()
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        yield


@contextmanager
def heard() -> Iterator[list[str]]:
    """What Django tells of the beginning and the end of requests."""
    told: list[str] = []

    def begins(**_: object) -> None:
        told.append("begun")

    def ends(**_: object) -> None:
        told.append("finished")

    request_started.connect(begins)
    request_finished.connect(ends)
    try:
        yield told
    finally:
        request_started.disconnect(begins)
        request_finished.disconnect(ends)


def test_a_request_is_answered_by_a_thread_that_remembers_no_other() -> None:
    browsers = [Browser("speak", str(number).encode()) for number in range(3 * THREADS)]
    with heard() as told:
        ask(*browsers)
    assert [each.answer for each in browsers] == [
        (200, f"nothing {number} request".encode()) for number in range(3 * THREADS)
    ]
    assert sorted(told) == ["begun"] * 3 * THREADS + ["finished"] * 3 * THREADS


def test_a_stream_ends_when_the_browser_has_gone() -> None:
    browser = Browser("stream")
    with heard() as told:
        ask(browser)
    assert browser.answer == (200, b"first")
    assert ended == ["stream"]
    assert told == ["begun", "finished"]


def test_nothing_of_a_request_stays_behind() -> None:
    held.clear()
    gc.disable()
    try:
        ask(Browser("hold"))
        assert [each() for each in held] == [None]
    finally:
        gc.enable()


def test_each_request_counts_until_it_is_answered() -> None:
    waiting.clear()
    ask(Browser("hold"))
    ask(Browser("stream"))
    ask(Browser("broken"))
    # In its thread, while it streams, and after an error.
    assert [*waiting, giving_way._waiting.number] == [1, 0, 0]


def test_a_file_comes_whole() -> None:
    browser = Browser("file")
    ask(browser)
    assert browser.answer == (200, b"x" * 100_000)


def test_a_page_that_fails_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    browser = Browser("broken")
    ask(browser)
    assert browser.answer[0] == 500


def test_nobody_is_answered_who_left_while_sending() -> None:
    browser = Browser("speak")
    browser.messages = [{"type": "http.disconnect"}]
    ask(browser)
    assert browser.sent == []
