"""One migrated database for all servers; each server is started once, when it is first needed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.servers.servers import BEHIND_NGINX, NAMES
from tests.support.guard import ROOT, guarded


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that is up, and what it has stored."""

    name: str
    port: int
    database: Path

    def last(self) -> int:
        """The id of the newest receipt."""
        ((last,),) = self._ask("SELECT coalesce(max(id), 0) FROM crm_notify_receipt")
        return int(last)

    def kept_since(self, last: int) -> list[bytes]:
        """The bodies of the receipts after that one, in their order."""
        rows = self._ask("SELECT body FROM crm_notify_receipt WHERE id > ? ORDER BY id", last)
        return [bytes(body) for (body,) in rows]

    def _ask(self, question: str, *values: int) -> list[tuple[bytes]]:
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(question, values).fetchall()


@pytest.fixture(scope="session")
def database() -> Iterator[Path]:
    with TemporaryDirectory(prefix="crm_notify_servers_", dir="/tmp") as folder:
        path = Path(folder, "receipts.sqlite3")
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.servers.settings",
            "SERVERS_DATABASE": str(path),
        }
        migrate = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        yield path


@pytest.fixture(scope="session")
def port_of(database: Path) -> Iterator[Callable[[str], int]]:
    """Start a server unless it is up, and what it stands in front of; the value is its port."""
    ports: dict[str, int] = {}
    with ExitStack() as stack:

        def port(name: str) -> int:
            if name not in ports:
                behind = BEHIND_NGINX.get(name)
                arguments = [name, str(database), *([str(port(behind.server))] if behind else [])]
                guard = guarded("tests.servers.running", *arguments)
                ports[name] = int(stack.enter_context(guard))
            return ports[name]

        yield port


@pytest.fixture(scope="session", params=NAMES)
def server(request: pytest.FixtureRequest, database: Path, port_of: Callable[[str], int]) -> Server:
    return Server(name=request.param, port=port_of(request.param), database=database)


class ByServer(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Gives all tests of a server, and of nginx in front of it, to one worker, which starts it."""

    def _split_scope(self, nodeid: str) -> str:
        test, _, tried = nodeid.partition("[")
        names = [name for name in NAMES if tried.startswith((f"{name}-", f"{name}]"))]
        if not names:
            return test
        name = max(names, key=len)
        return BEHIND_NGINX[name].server if name in BEHIND_NGINX else name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByServer:
    return ByServer(config, log)
