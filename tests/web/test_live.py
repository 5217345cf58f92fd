"""Live frames: a coder's windows are told of one another, and nobody is told of anybody else."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.agreement.actions import correct_text
from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.web.views import live
from tests import make
from tests.agreement.test_corrections import MANAGER, carry

LISTENERS = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN concord_news%'"


@pytest.fixture
def pair(cast: make.Cast) -> tuple[CodingAssignment, CodingAssignment]:
    """Ruth and Jin code one transcript blind."""
    ruth = make.assignment(cast.study, cast.ruth)
    jin = make.assignment(
        cast.study, cast.jin, version=ruth.transcript_version, codebook=ruth.codebook_version
    )
    return ruth, jin


def of(work: CodingAssignment) -> str:
    return reverse("live", args=[work.study_id, work.id])


# --- what a stream begins with


@pytest.mark.django_db
def test_a_stream_begins_with_what_the_page_does_not_know(client: Client, cast: make.Cast) -> None:
    work = make.assignment(cast.study, cast.ruth)
    client.force_login(cast.ruth)
    make.coding(work, "a1", 45, 70)
    make.coding(work, "a2", 45, 70)
    begun = client.get(of(work), {"since": 1})
    assert (begun.headers["Content-Type"], begun.content) == (
        "text/event-stream",
        b"retry: 2000\n\nid: 2\ndata: 2\n\n",
    )
    assert client.get(of(work), {"since": 2}).content == b"retry: 2000\n\n"
    again = client.get(of(work), {"since": 0}, headers={"Last-Event-ID": "2"})
    assert again.content == b"retry: 2000\n\n"


@pytest.mark.django_db
def test_a_page_that_shows_another_rule_is_told(client: Client, cast: make.Cast) -> None:
    work = make.assignment(cast.study, cast.ruth, kind=CodingAssignment.Kind.PRIMARY)
    client.force_login(cast.ruth)
    page = {"since": 0}
    assert b"opened" not in client.get(of(work), page | {"open": "no"}).content
    with acting_as(cast.pi.id):
        actions.choose_open_coding(study=cast.study, is_open=True, by=cast.pi, now=timezone.now())
    assert b"event: opened\ndata: yes\n\n" in client.get(of(work), page | {"open": "no"}).content
    assert b"opened" not in client.get(of(work), page | {"open": "yes"}).content
    with acting_as(cast.pi.id):
        actions.choose_open_coding(study=cast.study, is_open=False, by=cast.pi, now=timezone.now())
    assert b"event: opened\ndata: no\n\n" in client.get(of(work), page | {"open": "yes"}).content


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["jin", "pi", "adjudicator", "outsider"])
def test_there_is_no_stream_for_anybody_else(client: Client, cast: make.Cast, name: str) -> None:
    work = make.assignment(cast.study, cast.ruth)
    client.force_login(getattr(cast, name))
    assert client.get(of(work)).status_code == 404


# --- while it lasts


def code(work: CodingAssignment, start: int) -> None:
    make.coding(work, "a1", start, start + 2)
    with acting_as(work.coder_id):
        actions.write_memo(assignment=work, text=f"A draft, number {start}.", by=work.coder)


def meanwhile(act: Callable[[], Any]) -> Any:
    """Does something in another thread, with a connection of its own."""

    def alone() -> None:
        try:
            act()
        finally:
            connections.close_all()

    return asyncio.to_thread(alone)


async def frames_of(
    coder: User, work: CodingAssignment, act: Callable[[], Any] | None, known: str
) -> list[str]:
    """All that the stream says while something is done, heartbeats left out."""
    heard: list[str] = []

    async def listen() -> None:
        told = live.News(known, "", str(work.transcript_version_id), is_open=work.is_open)
        async for frame in live.stream(coder, work, told):
            if not frame.startswith(":"):
                heard.append(frame)

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.6)
    if act is not None:
        await meanwhile(act)
    await listening
    return heard


@pytest.mark.django_db(transaction=True)
def test_a_coder_is_told_of_their_own_work(settings: Any, cast: make.Cast) -> None:
    settings.LIVE_SECONDS = 3
    work = make.assignment(cast.study, cast.ruth)
    heard = asyncio.run(frames_of(cast.ruth, work, lambda: code(work, 45), "0"))
    assert (heard[0], heard[-1]) == ("retry: 2000\n\n", "id: 2\ndata: 2\n\n")


@pytest.mark.django_db(transaction=True)
def test_a_window_is_told_that_all_was_handed_in_elsewhere(settings: Any, cast: make.Cast) -> None:
    settings.LIVE_SECONDS = 3
    work = make.assignment(cast.study, cast.ruth)

    def submit() -> None:
        with acting_as(cast.ruth.id):
            actions.submit(assignment=work, by=cast.ruth, now=make.NOW)

    heard = asyncio.run(frames_of(cast.ruth, work, submit, "0"))
    assert heard[-1] == "event: closed\ndata: yes\n\n"


@pytest.mark.django_db(transaction=True)
def test_a_window_is_told_that_its_text_was_corrected(
    client: Client, settings: Any, cast: make.Cast, now: datetime
) -> None:
    settings.LIVE_SECONDS = 0
    work = make.assignment(cast.study, cast.ruth)
    before = work.transcript_version
    run = correct_text(version=before, words={1: MANAGER}, by=cast.pi, now=now)
    with CaptureQueriesContext(connection) as asked:
        carry(run)
    assert [query["sql"] for query in asked if "pg_notify" in query["sql"] and work.topic in query["sql"]]
    work.refresh_from_db()
    assert work.transcript_version != before
    client.force_login(cast.ruth)
    told = f"event: text\ndata: {work.transcript_version_id}\n\n"
    assert told in client.get(of(work), {"text": str(before.id)}).text
    assert "event: text" not in client.get(of(work), {"text": str(work.transcript_version_id)}).text


@pytest.mark.django_db(transaction=True)
def test_nothing_that_is_told_depends_on_the_drafts_of_another(
    settings: Any, cast: make.Cast, pair: tuple[CodingAssignment, CodingAssignment]
) -> None:
    settings.LIVE_SECONDS = 3
    ruth, jin = pair
    code(ruth, 45)
    drafts = [lambda place=place: code(jin, place) for place in range(150, 180, 6)]
    quiet = asyncio.run(frames_of(cast.ruth, ruth, None, "1"))
    meanwhile_jin_codes = asyncio.run(frames_of(cast.ruth, ruth, lambda: [draft() for draft in drafts], "1"))
    assert meanwhile_jin_codes == quiet == ["retry: 2000\n\n", "id: 2\ndata: 2\n\n"]
    with acting_as(cast.jin.id):
        assert Coding.objects.count() == len(drafts)
    for other in (cast.ruth, cast.pi, cast.adjudicator):
        told = asyncio.run(frames_of(other, jin, drafts[0], "0"))
        assert told == ["retry: 2000\n\n"]


@pytest.mark.django_db(transaction=True)
def test_what_was_missed_without_the_database_is_told_afterwards(settings: Any, cast: make.Cast) -> None:
    settings.LIVE_SECONDS = 6
    work = make.assignment(cast.study, cast.ruth)

    def cut_and_code() -> None:
        with connection.cursor() as cursor:
            cursor.execute(LISTENERS)
            for (pid,) in cursor.fetchall():
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        code(work, 45)

    heard = asyncio.run(frames_of(cast.ruth, work, cut_and_code, "0"))
    assert heard[-1] == "id: 2\ndata: 2\n\n"


@pytest.mark.django_db(transaction=True)
def test_streams_hold_one_connection_together(settings: Any, cast: make.Cast) -> None:
    settings.LIVE_SECONDS = 2
    works = [make.assignment(cast.study, cast.ruth) for _ in range(8)]
    seen: list[int] = []

    def count() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'"
            )
            seen.append(cursor.fetchone()[0])

    async def all_at_once() -> None:
        streams = [frames_of(cast.ruth, work, None, "0") for work in works]
        await asyncio.gather(*streams, frames_of(cast.ruth, works[0], count, "0"))

    asyncio.run(all_at_once())
    assert seen == [1]
