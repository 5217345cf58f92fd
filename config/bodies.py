"""A request that is larger than anything Concord takes ends while it arrives.

Django keeps the whole body before any view or upload handler sees it, whoever sends it.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MEGABYTE = 1024 * 1024
FILES_MEGABYTES = 100  # several files in one form
OTHER_MEGABYTES = 8  # a long transcript, pasted


class _TooLarge(Exception):  # noqa: N818 - never leaves this file
    pass


def limited(application: Application) -> Application:
    """The application, behind the limit; a larger body gets 413 and one sentence."""

    async def behind_limit(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        megabytes = FILES_MEGABYTES if _holds_files(scope) else OTHER_MEGABYTES
        try:
            await application(scope, _counted(receive, megabytes * MEGABYTE), send)
        except _TooLarge:
            await _refuse(send, megabytes)

    return behind_limit


def _holds_files(scope: Scope) -> bool:
    return any(
        name == b"content-type" and value.startswith(b"multipart/form-data")
        for name, value in scope["headers"]
    )


def _counted(receive: Receive, limit: int) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body") or b"")
        if received > limit:
            raise _TooLarge
        return message

    return counted


async def _refuse(send: Send, megabytes: int) -> None:
    sentence = f"What was sent is larger than {megabytes} MB, the most that is taken at once."
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})
