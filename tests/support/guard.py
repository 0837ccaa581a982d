"""Keeps a helper server for exactly as long as the process that asked for it lives."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def guarded(module: str, *arguments: str) -> Iterator[str]:
    """Run `python -m module` as a guard beside us, and give the address of the server it keeps.

    The guard ends its server when its standard input closes, which the operating system sees to
    even when this process is killed. A session of its own keeps Ctrl-C from reaching it first.

    Raises RuntimeError when the server did not start; the guard has then said why on stderr.
    """
    command = [sys.executable, "-m", module, *arguments]
    # The guard runs none of the code whose coverage is measured.
    environment = {name: os.environ[name] for name in os.environ if "COVERAGE" not in name}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as guard:
        assert guard.stdout is not None
        address = guard.stdout.readline().strip()
        if not address:
            raise RuntimeError(f"{' '.join(command)} did not start its server; see above")
        yield address


def stand_guard(server: AbstractContextManager[str]) -> None:
    """Run the server, print its address as one line, and end it when standard input closes."""
    with server as address:
        print(address, flush=True)
        sys.stdin.read()
