"""How soon 200 open streams hear of a change, and what they hold: `python -m bench.streams`.

uvicorn and PostgreSQL (embedded) are processes of their own; the clock runs from the commit until
the hint has been read. Fails where more than one database connection is held between the streams.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from statistics import quantiles

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from crm_notify.steps.hint import hint as hint_to
from tests.support import postgres
from tests.support.guard import guarded

STREAMS = 200
ROUNDS = 5
URL = "/notify/alerts/stream/"


async def measure(port: int, cookies: list[str], people: list[int]) -> bool:
    """Open the streams, change something for each person in turn, and print what was seen."""
    before = memory(port)
    begun = time.monotonic()
    streams = await asyncio.gather(*(opened(port, cookie) for cookie in cookies))
    print(f"{STREAMS} streams opened in {time.monotonic() - begun:.1f} s")
    names = await asyncio.to_thread(held)
    print(f"database connections held by the server: {len(names)} ({', '.join(names)})")
    print(f"memory of the server: {before} MiB, with the streams {memory(port)} MiB")
    took = [
        await one(reader, person)
        for _ in range(ROUNDS)
        for (reader, _writer), person in zip(streams, people, strict=True)
    ]
    say("one change for one person, commit to hint", took)
    everybody = []
    for _ in range(ROUNDS):
        hints = [asyncio.create_task(hint(reader)) for reader, _writer in streams]
        committed = await asyncio.to_thread(change, people)
        everybody.append([at - committed for at in await asyncio.gather(*hints)])
    say(f"one change for all {STREAMS}, commit to hint", list(chain.from_iterable(everybody)))
    for _reader, writer in streams:
        writer.close()
    return len(names) == 1


async def one(reader: asyncio.StreamReader, person: int) -> float:
    heard = asyncio.create_task(hint(reader))
    committed = await asyncio.to_thread(change, [person])
    return await heard - committed


async def opened(port: int, cookie: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A stream that has had its first hint."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {URL} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    await hint(reader)
    return reader, writer


async def hint(reader: asyncio.StreamReader) -> float:
    """When the next hint was read."""
    while not (line := await reader.readline()).startswith(b"data:"):
        if not line:
            raise ConnectionError("A stream has ended.")
    return time.monotonic()


def prepared(count: int) -> tuple[list[str], list[int]]:
    """A migrated database with so many users: their cookies, and their primary keys."""
    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    users = [get_user_model().objects.create_user(f"user{number}") for number in range(count)]
    cookies = []
    for user in users:
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookies.append(f"{name}={client.cookies[name].value}")
    connection.close()
    return cookies, [user.pk for user in users]


def change(people: Iterable[int]) -> float:
    """Hint to these people as a change of their warnings does; when that had committed."""
    with transaction.atomic():
        hint_to(people)
    return time.monotonic()


def held() -> list[str]:
    """Who else is connected to the database, by the names that programs give themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [name for (name,) in cursor.fetchall()]


def say(what: str, took: list[float]) -> None:
    hundredths = quantiles(took, n=100)
    p50, p99 = (1000 * hundredths[place] for place in (49, 98))
    print(f"{what}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, of {len(took)}")


def memory(port: int) -> int:
    """MiB of the process that was told to listen there."""
    for folder in Path("/proc").glob("[0-9]*"):
        if f"--port={port}" in (folder / "cmdline").read_text(errors="replace").split("\0"):
            status = (folder / "status").read_text()
            return int(status.partition("VmRSS:")[2].split()[0]) // 1024
    raise LookupError(f"Nobody listens on {port}.")


def main() -> int:
    """Set everything up, measure, and return the status."""
    if "TEST_POSTGRES_HOST" not in os.environ:
        return postgres.main([sys.executable, "-m", "bench.streams"])
    cookies, people = prepared(STREAMS)
    with guarded("tests.live.running", "uvicorn", "postgres") as port:
        return 0 if asyncio.run(measure(int(port), cookies, people)) else 1


if __name__ == "__main__":
    sys.exit(main())
