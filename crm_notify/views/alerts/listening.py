"""The one connection with which a process hears, on PostgreSQL, whose pages show something else."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from contextvars import Context
from typing import Any

from django.db import connections

from crm_notify import database
from crm_notify.extras import is_installed, load
from crm_notify.steps.hint import CHANNEL, EVERYBODY

logger = logging.getLogger(__name__)

#: Seconds between two looks whether the connection is alive and somebody is there; then for the
#: answer to the first of these questions, and for a new connection.
CHECK = 30.0
ANSWER = 10.0
CONNECT = 5
#: A connection that is lost sooner than that after it was made, in seconds, is not made again.
BRIEF = 1.0


def is_possible() -> bool:
    """Whether the database can tell a process by itself that there is news."""
    alias = database.stream_alias()
    return bool(alias) and connections[alias].vendor == "postgresql" and is_installed("postgres")


class Stream:
    """One open stream: whose it is, whether there is news for it, and whether it is over."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.news = asyncio.Event()
        self.over = False


class Listener:
    """The streams of one event loop, and the connection that hears for all of them.

    It connects for the first stream, and hangs up when nobody is there any more. A lost connection
    is made anew at once, and everybody has a hint, since some may have been missed. Where that
    fails the streams end: browsers open them again, and poll meanwhile.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._streams: set[Stream] = set()
        self._task: asyncio.Task[None] | None = None
        self._connected: asyncio.Future[bool] = loop.create_future()

    async def hears(self) -> bool:
        """Connect where that is not done; return whether every hint is heard from now on."""
        if self._task is None or self._task.done():
            self._connected = self.loop.create_future()
            # In no request's context: this goes on when the request has ended.
            self._task = self.loop.create_task(self._listen(self._connected), context=Context())
        return await asyncio.shield(self._connected)

    @contextlib.contextmanager
    def stream(self, name: str) -> Iterator[Stream]:
        """A stream of the user that hints call by this name, as long as this block lasts."""
        stream = Stream(name)
        self._streams.add(stream)
        try:
            yield stream
        finally:
            self._streams.discard(stream)

    async def _listen(self, connected: asyncio.Future[bool]) -> None:
        psycopg: Any = load("psycopg", extra="postgres")
        try:
            while True:
                async with await psycopg.AsyncConnection.connect(**_database()) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    begun = self.loop.time()
                    if not connected.done():
                        connected.set_result(True)
                    self._tell({EVERYBODY})
                    try:
                        await self._hear(connection)
                        return
                    except (psycopg.Error, TimeoutError):
                        if self.loop.time() - begun < BRIEF:
                            raise
        except (psycopg.Error, TimeoutError) as error:
            logger.warning("crm_notify cannot listen for news; pages ask for it (%s)", error)
            self._end()
        finally:
            if not connected.done():
                connected.set_result(False)

    async def _hear(self, connection: Any) -> None:
        """Pass on what is heard; return when there is no stream, raise when the line is dead."""
        while True:
            # The first stream comes only after this has begun.
            async for notice in connection.notifies(timeout=CHECK):
                self._tell(set(notice.payload.split()))
            async with asyncio.timeout(ANSWER):
                await connection.execute("SELECT 1")
            if not self._streams:
                # Whoever comes while this one hangs up has another.
                self._task = None
                return

    def _tell(self, names: set[str]) -> None:
        for stream in self._streams:
            if names & {stream.name, EVERYBODY}:
                stream.news.set()

    def _end(self) -> None:
        for stream in self._streams:
            stream.over = True
            stream.news.set()


def _database() -> dict[str, Any]:
    """How to connect, without what Django adds for its own cursors."""
    given = connections[database.stream_alias()].get_connection_params()
    return {
        "connect_timeout": CONNECT,
        "fallback_application_name": "crm_notify news",
        **{name: given[name] for name in given if name not in {"cursor_factory", "context"}},
        "autocommit": True,
    }


_listener: Listener | None = None


def listener() -> Listener:
    """The one of this process; an event loop of its own, as after a fork, has its own."""
    global _listener
    loop = asyncio.get_running_loop()
    if _listener is None or _listener.loop is not loop:
        _listener = Listener(loop)
    return _listener
