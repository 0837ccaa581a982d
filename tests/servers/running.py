"""Starts one server for real and keeps it until standard input closes.

`python -m tests.servers.running SERVER DATABASE [PORT]`, the port being that of the server which
nginx stands in front of; prints the port on which it listens.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.servers import nginx
from tests.servers.servers import ALONE, BACKENDS, BEHIND_NGINX
from tests.support.guard import ROOT, stand_guard

#: Seconds for a server to come up, on a busy machine, and to end.
BIRTH = 60.0
DEATH = 5.0
_QUESTION = b"GET /notify/webhooks/sparkpost/tracking/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"


@contextlib.contextmanager
def running(name: str, database: str, upstream: str = "") -> Iterator[str]:
    """Start the server on the migrated database; the value is its port, where it answers.

    Raises OSError when its program is missing, and RuntimeError, with what the server said, when
    it does not come up.
    """
    with TemporaryDirectory(prefix="crm_notify_server_", dir="/tmp") as folder:
        port = _free_port()
        if name in BEHIND_NGINX:
            location = BEHIND_NGINX[name].location(int(upstream))
            command = nginx.command(Path(folder), port, location)
        else:
            command = {**ALONE, **BACKENDS}[name](port)
        log = Path(folder, "log")
        with _process(command, database, log) as process:
            _wait_for(process, port, log, speaks_http=name not in BACKENDS)
            yield str(port)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def _process(command: list[str], database: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run it in a group of its own, and end the group."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.servers.settings",
        "SERVERS_DATABASE": database,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(DEATH)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path, *, speaks_http: bool) -> None:
    end = time.monotonic() + BIRTH
    while time.monotonic() < end and process.poll() is None:
        # Not up yet: refused, or reset.
        with (
            contextlib.suppress(ConnectionError),
            socket.create_connection(("127.0.0.1", port), timeout=BIRTH) as connection,
        ):
            if not speaks_http:
                return
            connection.sendall(_QUESTION)
            if b" 200 " in connection.recv(100):
                return
        time.sleep(0.05)
    raise RuntimeError(f"The server did not come up:\n{log.read_text(errors='replace')}")


if __name__ == "__main__":
    stand_guard(running(*sys.argv[1:]))
