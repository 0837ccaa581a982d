"""A server beside the process that works: 20 open streams, one connection, hints in an instant."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from statistics import median
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from crm_notify.models import Activity
from tests.edges.alerts.failing import bounce
from tests.live.reading import SOON, Reader
from tests.live.running import NEVER
from tests.support.guard import guarded

pytestmark = pytest.mark.django_db(transaction=True)


def serving(server: str) -> Iterator[int]:
    with guarded("tests.live.running", server, connection.settings_dict["NAME"], NEVER) as port:
        yield int(port)


@pytest.fixture(scope="module")
def asgi(django_db_setup: None) -> Iterator[int]:
    """The port of the host under uvicorn."""
    yield from serving("uvicorn")


@pytest.fixture(scope="module")
def wsgi(django_db_setup: None) -> Iterator[int]:
    """The port of the host under gunicorn."""
    yield from serving("gunicorn")


def cookie(user: Any) -> str:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def others() -> list[str]:
    """Which other programs are connected to this database, by the names they give themselves.

    The server's own, such as the one that cleans tables up, come and go.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return [name for (name,) in cursor.fetchall()]


def settled(expected: list[str]) -> bool:
    """Whether it is so within two seconds: a request gives its connection back after its answer."""
    until = time.monotonic() + 2
    while others() != expected and time.monotonic() < until:
        time.sleep(0.02)
    return others() == expected


def test_twenty_open_streams_hold_one_connection_between_them(asgi: int) -> None:
    users = [get_user_model().objects.create_user(f"user{number}") for number in range(20)]
    with ExitStack() as stack:
        streams = [stack.enter_context(closing(Reader(asgi, cookie(user)))) for user in users]
        assert [stream.first for stream in streams] == ["data: 1"] * 20
        assert settled(["crm_notify news"]), others()


def test_whoever_is_concerned_hears_it_in_an_instant_and_nobody_else_does(
    asgi: int, janet: Any, bob: Any, call: Callable[..., Activity]
) -> None:
    with closing(Reader(asgi, cookie(janet))) as hers, closing(Reader(asgi, cookie(bob))) as his:
        took = []
        for number in range(5):
            notification = call(text=str(number)).notifications.get()
            bounce(notification)
            committed = time.monotonic()
            assert hers.hint() == f"data: {number + 2}"
            took.append(time.monotonic() - committed)
        assert median(took) < SOON
        assert his.is_quiet(0.3)


def test_a_stranger_has_none(asgi: int, db: None) -> None:
    with closing(Reader(asgi, "")) as refused:
        assert refused.status == 401


def test_under_wsgi_a_browser_is_told_not_to_come_again(wsgi: int, janet: Any) -> None:
    with closing(Reader(wsgi, "")) as refused, closing(Reader(wsgi, cookie(janet))) as answered:
        assert (refused.status, answered.status) == (401, 204)
