"""Keeps two demonstrations from sharing one folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from project.demo.programs import Trouble


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold the lock, a file, for this block; Trouble where another process holds it.

    The system lets go of it when its holder ends, however that happens.
    """
    lock.parent.mkdir(exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Trouble("A demonstration runs here already: end it with Ctrl-C first.") from error
        yield
