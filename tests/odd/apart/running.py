"""Starts one server for real and keeps it until standard input closes.

`python -m tests.odd.apart.running DATABASE PROGRAM ARGUMENT...`, where %PORT% is a free port;
prints that port once somebody listens there.
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

from tests.support.guard import ROOT, stand_guard

BIN = Path(sys.executable).parent
BIRTH = 60.0


@contextlib.contextmanager
def running(database: str, program: str, *arguments: str) -> Iterator[str]:
    """The value is the port; raises RuntimeError where nobody comes to listen there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [str(BIN / program), *(given.replace("%PORT%", port) for given in arguments)]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.odd.apart.settings",
        "APART_DATABASE": database,
        "PYTHONPATH": str(ROOT),
    }
    with Path(f"{database}.log").open("ab") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        end = time.monotonic() + BIRTH
        while not _listens(int(port)):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(Path(f"{database}.log").read_text(errors="replace"))
            time.sleep(0.05)
        yield port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _listens(port: int) -> bool:
    with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


if __name__ == "__main__":
    stand_guard(running(*sys.argv[1:]))
