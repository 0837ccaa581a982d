"""A stream from its inside: what it says, when it ends, and the connection behind all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection
from django.test import AsyncClient

from crm_notify.steps.hint import hint
from crm_notify.views.alerts import listening, stream

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/notify/alerts/stream/"
OURS = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s"
NEWS = "crm_notify news"


@pytest.fixture(autouse=True)
def _without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "COME_AGAIN", (7, 7))


@pytest.fixture
def visitor(janet: Any) -> AsyncClient:
    visitor = AsyncClient()
    visitor.force_login(janet)
    return visitor


@asynccontextmanager
async def opened(visitor: AsyncClient) -> AsyncIterator[AsyncIterator[bytes]]:
    """What the stream says, after its beginning."""
    answer = await visitor.get(URL, headers={"Last-Event-ID": "99", "Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/event-stream"
    said: AsyncIterator[bytes] = aiter(answer)
    assert [await anext(said), await anext(said)] == [b"retry: 7\n\n", b"data: 1\n\n"]
    try:
        yield said
    finally:
        # A server cancels what it waits for.
        await answer._iterator.aclose()


async def soon(said: AsyncIterator[bytes]) -> bytes:
    async with asyncio.timeout(10):
        return await anext(said)


def connections_of_ours() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {OURS}", [NEWS])
        return int(cursor.fetchone()[0])


def cut() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid, 5000) {OURS}", [NEWS])


@pytest.fixture
def play(db: None) -> Callable[[Callable[[], Awaitable[None]]], None]:
    """Play an asynchronous story; afterwards nothing of ours is connected any more."""

    def play(story: Callable[[], Awaitable[None]]) -> None:
        async_to_sync(story)()
        for _ in range(200):
            if not connections_of_ours():
                return
        raise AssertionError("A connection outlived its event loop.")

    return play


def test_it_hints_at_news_of_the_one_who_opened_it_and_of_nobody_else(
    visitor: AsyncClient, janet: Any, bob: Any, play: Any
) -> None:
    async def story() -> None:
        async with opened(visitor) as said:
            await sync_to_async(hint)([bob.pk])
            await sync_to_async(hint)([janet.pk])
            assert await soon(said) == b"data: 2\n\n"
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await anext(said)

    play(story)


def test_what_concerns_very_many_is_a_hint_to_all(
    visitor: AsyncClient, janet: Any, play: Any
) -> None:
    async def story() -> None:
        async with opened(visitor) as said:
            await sync_to_async(hint)(range(10**9, 10**9 + 1000))
            assert await soon(said) == b"data: 2\n\n"

    play(story)


def test_silence_is_broken_now_and_then_and_a_stream_has_an_end(
    visitor: AsyncClient, monkeypatch: pytest.MonkeyPatch, play: Any
) -> None:
    monkeypatch.setattr(stream, "BEAT", 0.1)
    monkeypatch.setattr(stream, "LASTS", 0.35)

    async def story() -> None:
        async with opened(visitor) as said:
            rest = [part async for part in said]
        assert set(rest) == {b":\n\n"}
        assert 2 <= len(rest) <= 4

    play(story)


def test_all_streams_of_a_process_share_one_connection(visitor: AsyncClient, play: Any) -> None:
    async def story() -> None:
        async with opened(visitor), opened(visitor), opened(visitor):
            assert await sync_to_async(connections_of_ours)() == 1

    play(story)


def test_it_hangs_up_when_nobody_is_there_any_more_and_connects_anew_for_the_next(
    visitor: AsyncClient, janet: Any, monkeypatch: pytest.MonkeyPatch, play: Any
) -> None:
    monkeypatch.setattr(listening, "CHECK", 0.05)

    async def story() -> None:
        async with opened(visitor):
            # It has looked more than once whether the connection is alive.
            await asyncio.sleep(0.2)
        async with asyncio.timeout(10):
            while await sync_to_async(connections_of_ours)():
                await asyncio.sleep(0.02)
        async with opened(visitor) as said:
            await sync_to_async(hint)([janet.pk])
            assert await soon(said) == b"data: 2\n\n"

    play(story)


def test_a_lost_connection_is_made_anew_and_everybody_has_one_hint(
    visitor: AsyncClient, janet: Any, monkeypatch: pytest.MonkeyPatch, play: Any
) -> None:
    monkeypatch.setattr(listening, "BRIEF", 0.0)

    async def story() -> None:
        async with opened(visitor) as one, opened(visitor) as other:
            await sync_to_async(cut)()
            assert await soon(one) == await soon(other) == b"data: 2\n\n"
            await sync_to_async(hint)([janet.pk])
            assert await soon(one) == await soon(other) == b"data: 3\n\n"

    play(story)


def test_where_it_is_lost_again_at_once_the_streams_end_and_the_log_says_so(
    visitor: AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    play: Any,
) -> None:
    monkeypatch.setattr(listening, "BRIEF", 3600.0)

    async def story() -> None:
        async with opened(visitor) as said:
            await sync_to_async(cut)()
            # It may end with a hint, since the page had better ask.
            assert {part async for part in said} <= {b"data: 2\n\n"}
        # The next one tries again.
        async with opened(visitor):
            pass

    play(story)
    assert "cannot listen for news" in caplog.text


def test_a_database_that_lets_nobody_in_is_a_503(
    visitor: AsyncClient, monkeypatch: pytest.MonkeyPatch, play: Any
) -> None:
    real = listening._database
    monkeypatch.setattr(listening, "_database", lambda: {**real(), "dbname": "nowhere"})

    async def story() -> None:
        assert (await visitor.get(URL)).status_code == 503

    play(story)


def test_a_stream_whose_listener_fails_before_it_begins_says_nothing(
    visitor: AsyncClient, monkeypatch: pytest.MonkeyPatch, play: Any
) -> None:
    heard = iter([True, False])

    async def hears(self: listening.Listener) -> bool:
        return next(heard)

    monkeypatch.setattr(listening.Listener, "hears", hears)

    async def story() -> None:
        answer = await visitor.get(URL)
        assert [part async for part in answer] == [b"retry: 7\n\n"]

    play(story)
