"""Whoever waits for news of a topic is woken by the database, which all web processes share.

A wake says nothing but its topic: what there is to know, whoever is woken reads as themselves.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection

CHANNEL = "concord_news"
PAUSE = 1.0  # seconds before the database is tried again


def tell(topic: str) -> None:
    """Wakes those who wait for the topic as soon as the transaction is committed, and only then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])


@asynccontextmanager
async def listening(*topics: str) -> AsyncIterator[asyncio.Event]:
    """An event that is set at each news of a topic, and whenever some may have been missed."""
    hub = _hubs.setdefault(asyncio.get_running_loop(), _Hub())
    news = hub.join(topics)
    try:
        yield news
    finally:
        hub.leave(topics, news)


class _Hub:
    """One connection for all who wait in a process, as long as anybody does."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    def join(self, topics: tuple[str, ...]) -> asyncio.Event:
        news = asyncio.Event()
        for topic in topics:
            self._waiting[topic].add(news)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._listen())
        return news

    def leave(self, topics: tuple[str, ...], news: asyncio.Event) -> None:
        for topic in topics:
            self._waiting[topic].discard(news)
            if not self._waiting[topic]:
                del self._waiting[topic]
        if not self._waiting and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**_address(), autocommit=True) as database:
                    await database.execute(f"LISTEN {CHANNEL}")
                    for topic in list(self._waiting):  # what came while nobody listened
                        self._wake(topic)
                    async for notice in database.notifies():
                        self._wake(notice.payload)
            except psycopg.Error:
                await asyncio.sleep(PAUSE)

    def _wake(self, topic: str) -> None:
        for news in self._waiting.get(topic, ()):
            news.set()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, _Hub] = WeakKeyDictionary()


def _address() -> dict[str, Any]:
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    settings = connection.settings_dict
    return {name: settings[key] for key, name in names.items() if settings[key]}
