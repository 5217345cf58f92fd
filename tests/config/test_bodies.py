"""Requests that are too large end while they arrive."""

import asyncio
from typing import Any

import pytest

from config.bodies import FILES_MEGABYTES, MEGABYTE, OTHER_MEGABYTES, limited

FILES = [(b"content-type", b"multipart/form-data; boundary=x")]
JSON = [(b"content-type", b"application/json")]
LIMITS = [(FILES, FILES_MEGABYTES), (JSON, OTHER_MEGABYTES), ([], OTHER_MEGABYTES)]


Headers = list[tuple[bytes, bytes]]


def asked(headers: Headers, megabytes: int, *, extra: bytes = b"") -> tuple[int, int, bytes]:
    """Status, bytes that the application has seen, and the answer, for a body that comes in megabytes."""
    chunks = [b"x" * MEGABYTE] * megabytes + [extra]
    sent: list[Any] = []
    seen = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

    async def send(message: Any) -> None:
        sent.append(message)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        nonlocal seen
        more = True
        while more:
            message = await receive()
            seen += len(message["body"])
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"taken"})

    asyncio.run(limited(application)({"type": "http", "headers": headers}, receive, send))
    return sent[0]["status"], seen, sent[1]["body"]


@pytest.mark.parametrize(("headers", "limit"), LIMITS)
def test_a_body_of_the_limit_is_taken_and_one_byte_more_is_not(headers: Headers, limit: int) -> None:
    assert asked(headers, limit) == (200, limit * MEGABYTE, b"taken")
    sentence = f"What was sent is larger than {limit} MB, the most that is taken at once."
    assert asked(headers, limit, extra=b"x") == (413, limit * MEGABYTE, sentence.encode())


def test_what_is_not_a_request_passes() -> None:
    passed: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope["type"])

    asyncio.run(limited(application)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert passed == ["lifespan"]
