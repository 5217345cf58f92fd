"""Answers requests for granian: each in one go by a thread, as our views and middleware are written."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import IO, cast

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from apps.core.giving_way import counted
from config.bodies import Receive, Scope, Send

# Each needs one of the ten connections to PostgreSQL (config/asgi.py) for most of its time.
THREADS = 16


class Handler(ASGIHandler):
    """Django's own goes back and forth between its loop and new threads for each part of the chain, which
    takes 4 ms of a request, and here 1; only what is streamed comes back to the loop.
    """

    # A page is handed over whole: in Django's pieces of 64 kB a large one keeps the loop from all others.
    chunk_size = 2**24

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(THREADS, "request")

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with body:
            answer = partial(copy_context().run, self._answer, scope, body)
            response = await asyncio.get_running_loop().run_in_executor(self._threads, answer)
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)

    @counted()
    def _answer(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        """What is asked, from its beginning to its end; of a stream the beginning."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body)
        response: HttpResponseBase = refused or self.get_response(cast(HttpRequest, request))
        response._handler_class = self.__class__  # type: ignore[attr-defined]  # Django's, for its signals
        if response.streaming:
            connections.close_all()
        else:
            response.close()
            if request is not None:
                # A request and its person hold each other, and with them all that was read would stay until
                # Python looks for cycles, which takes a tenth of a second after some hundred requests.
                vars(request).clear()
        return response

    async def _stream(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        """Sends until it ends or the browser has gone."""
        async with ThreadSensitiveContext():
            sending = asyncio.ensure_future(self.send_response(response, send))
            leaving = asyncio.ensure_future(receive())
            leaving.add_done_callback(lambda _: sending.cancel())
            try:
                with suppress(asyncio.CancelledError):
                    await sending
            finally:
                leaving.cancel()
                await sync_to_async(response.close)()
