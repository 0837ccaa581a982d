"""Starts a server for real and keeps it until standard input closes.

`python -m tests.live.running uvicorn DATABASE POLL` prints the port on which it listens; `gunicorn`
is the same host under WSGI, POLL the pages' interval in ms.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.guard import ROOT, stand_guard

#: Seconds for it to come up, on a busy machine.
BIRTH = 60.0
#: So long that whatever a page shows sooner was not found by asking.
NEVER = "300000"
BIN = Path(sys.executable).parent
COMMANDS = {
    "uvicorn": "uvicorn tests.live.application:asgi --port={port} --timeout-graceful-shutdown=1",
    "gunicorn": "gunicorn tests.live.application:wsgi --bind=127.0.0.1:{port} --threads=4 "
    "--worker-class=gthread --no-control-socket --graceful-timeout=1",
}


@contextlib.contextmanager
def running(server: str, database: str, poll: str = NEVER) -> Iterator[str]:
    """Start it on this database; the value is its port. Raises RuntimeError with what it said."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program, *options = COMMANDS[server].format(port=port).split()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.live.settings",
        "LIVE_DATABASE": database,
        "LIVE_POLL": poll,
        "PYTHONPATH": str(ROOT),
    }
    with TemporaryDirectory(prefix="crm_notify_live_", dir="/tmp") as folder:
        log = Path(folder, "log")
        with (
            log.open("wb") as out,
            subprocess.Popen(
                [str(BIN / program), *options], cwd=ROOT, env=environment, stdout=out, stderr=out
            ) as process,
        ):
            try:
                _wait_for(process, port, log)
                yield str(port)
            finally:
                process.terminate()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + BIRTH
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise RuntimeError(f"The server did not come up:\n{log.read_text(errors='replace')}")


if __name__ == "__main__":
    stand_guard(running(*sys.argv[1:]))
