"""Webhooks pass a host's middleware by: beside the host in its server, or in their own process."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.posts import AUTHORIZATION
from tests.support.guard import ROOT, guarded

AT = "/notify/webhooks/sparkpost/tracking/"
BODY = b'[{"msys": {"message_event": {"type": "new"}}}]'
GUNICORN = ("gunicorn", "--bind=127.0.0.1:%PORT%", "--no-control-socket")
UVICORN = ("uvicorn", "--port=%PORT%", "--log-level=warning")
BESIDE = {
    "gunicorn": (*GUNICORN, "tests.odd.apart.application:wsgi"),
    "uvicorn": (*UVICORN, "tests.odd.apart.application:asgi"),
}
ALONE = {
    "gunicorn": (*GUNICORN, "crm_notify.intake.wsgi"),
    "uvicorn": (*UVICORN, "crm_notify.intake.asgi:application"),
}


@pytest.fixture(scope="module")
def database() -> Iterator[Path]:
    with TemporaryDirectory(prefix="crm_notify_apart_", dir="/tmp") as folder:
        path = Path(folder, "receipts.sqlite3")
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.odd.apart.settings",
            "APART_DATABASE": str(path),
        }
        migrate = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        yield path


@pytest.fixture(autouse=True)
def asked(database: Path) -> Path:
    """What the host's middleware has seen in this test."""
    path = Path(f"{database}.asked")
    path.write_text("")
    return path


def status(port: str, method: str, path: str, body: bytes = b"", **headers: str) -> int:
    with closing(HTTPConnection("127.0.0.1", int(port), timeout=60)) as connection:
        connection.request(method, path, body, headers)
        return connection.getresponse().status


def post(port: str, path: str = AT) -> int:
    return status(
        port,
        "POST",
        path,
        BODY,
        **{"Authorization": AUTHORIZATION, "Content-Type": "application/json"},
    )


def kept(database: Path) -> list[tuple[str, bytes]]:
    with closing(sqlite3.connect(database, timeout=20)) as connection:
        rows = connection.execute("SELECT url, body FROM crm_notify_receipt ORDER BY id")
        return [(url, bytes(body)) for url, body in rows]


@pytest.mark.parametrize("server", BESIDE)
def test_the_hosts_middleware_is_not_asked(server: str, database: Path, asked: Path) -> None:
    with guarded("tests.odd.apart.running", str(database), *BESIDE[server]) as port:
        assert post(port) == 200
        # Signatures are over the address as the provider called it.
        assert kept(database)[-1] == (f"http://127.0.0.1:{port}{AT}", BODY)
        assert status(port, "POST", "/notify/webhooks/nobody/tracking/", BODY) == 404
        assert asked.read_text() == ""
        # It would have been in the way, and is in that of everybody else.
        assert status(port, "GET", "/notify/alerts.json") == 403
        assert status(port, "POST", "/notify/alerts/1/told/", **{"X-Tenant": "acme"}) == 302
        assert asked.read_text().splitlines() == ["/notify/alerts.json", "/notify/alerts/1/told/"]


@pytest.mark.parametrize("server", ALONE)
def test_a_process_of_their_own_takes_webhooks_and_nothing_else(
    server: str, database: Path, asked: Path
) -> None:
    with guarded("tests.odd.apart.running", str(database), *ALONE[server]) as port:
        for path in (AT, "/sparkpost/tracking"):
            assert post(port, path) == 200
            assert kept(database)[-1] == (f"http://127.0.0.1:{port}{path}", BODY)
        assert status(port, "GET", "/notify/alerts.json") == 404
        assert status(port, "GET", "/admin/login/") == 404
        assert status(port, "GET", AT) == 200
        assert asked.read_text() == ""
