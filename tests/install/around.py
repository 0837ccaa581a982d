"""What stands around a host: a database server, and a message broker that can be taken away."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from project.demo.ports import HOST as LOOPBACK
from project.demo.ports import any_free
from project.demo.programs import Programs
from tests.support import postgres


@contextmanager
def database_of(owner: str) -> Iterator[str]:
    """A PostgreSQL in which a role that is no superuser has a database; the folder of its socket.

    A superuser passes every policy of row-level security, so hosts are none.
    """
    with postgres.running() as folder:
        server = psycopg.connect(host=folder, user="postgres", autocommit=True)
        with server, server.cursor() as cursor:
            cursor.execute(f'CREATE ROLE "{owner}" LOGIN CREATEDB NOSUPERUSER'.encode())
            cursor.execute(f'CREATE DATABASE "{owner}" OWNER "{owner}"'.encode())
        yield folder


@contextmanager
def database_and_broker(owner: str) -> Iterator[Mapping[str, str]]:
    """The same, and where a broker will be once it is started."""
    with database_of(owner) as folder:
        yield {"PGHOST": folder, "BROKER_URL": f"redis://{LOOPBACK}:{any_free()}/0"}


def start_broker(programs: Programs, url: str, folder: Path) -> None:
    """Start a Valkey at the address; it keeps nothing."""
    port = url.rpartition(":")[2].partition("/")[0]
    folder.mkdir(exist_ok=True)
    programs.start("broker", sys.executable, "-m", "project.demo.broker", port, str(folder))
