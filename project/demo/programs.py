"""Starts the demonstration's programs, notices when one dies, and ends every one of them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

PATIENCE = 6.0
"""Seconds that a program has to end by itself before it is killed."""

Found = TypeVar("Found")
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PAUSE = 0.05
_TAIL = 15


class Trouble(Exception):
    """The demonstration cannot go on; the text says why, and what to look at."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program with all that it has started, which is its own process group."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    lasts: bool

    @property
    def is_dead(self) -> bool:
        """Whether it ended although it should run, or ended badly."""
        status = self.process.poll()
        return status is not None and (self.lasts or status != 0)

    def last_words(self) -> str:
        """How it ended, with the end of its log."""
        status = self.process.returncode
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended ({status})"
        with self.log.open(errors="replace") as lines:
            tail = "".join(f"    {line}" for line in deque(lines, _TAIL))
        return f"The {self.name} {how}. The end of {self.log}:\n{tail or '    (nothing)'}"

    def end(self) -> None:
        """Ask it to end, which includes its children, and kill what is left of them all."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Programs:
    """The programs that run now, in the order in which they were started."""

    def __init__(self, *, folder: Path, logs: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self.logs = logs
        self._environment = dict(environment)
        self._running: list[Program] = []

    def run(self, name: str, *command: str) -> None:
        """Run a program to its end; raise Trouble where it fails."""
        program = self._start(name, command, lasts=False)
        while program.process.poll() is None:
            self.check()
            time.sleep(_PAUSE)
        self.check()
        self._running.remove(program)

    def start(self, name: str, *command: str) -> None:
        """Start a program that is to run until the end."""
        self._start(name, command, lasts=True)

    def _start(self, name: str, command: Sequence[str], *, lasts: bool) -> Program:
        """In a session of its own, so that Ctrl-C reaches us and not it."""
        log = self.logs / f"{name.replace(' ', '-')}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        program = Program(name=name, process=process, log=log, lasts=lasts)
        self._running.append(program)
        return program

    def check(self) -> None:
        """Raise Trouble with the last words of a program that has died."""
        for program in self._running:
            if program.is_dead:
                raise Trouble(program.last_words())

    def wait_for(
        self, look: Callable[[], Found | None], *, what: str, seconds: float = 60
    ) -> Found:
        """Look until there is something to see, and return it; Trouble after `seconds`."""
        deadline = time.monotonic() + seconds
        while not (found := look()):
            self.check()
            if time.monotonic() > deadline:
                raise Trouble(f"Waited {seconds:g} s in vain until {what}. The logs: {self.logs}")
            time.sleep(_PAUSE)
        return found

    def end(self) -> None:
        """End all, last first: what was started early is needed by what came later."""
        while self._running:
            self._running.pop().end()


@contextlib.contextmanager
def programs(*, folder: Path, logs: Path, environment: Mapping[str, str]) -> Iterator[Programs]:
    """Programs that run in `folder`, write to `logs`, and end with this block, however it ends."""
    started = Programs(folder=folder, logs=logs, environment=environment)
    try:
        yield started
    finally:
        # A second Ctrl-C must not leave half of them behind.
        before = {number: signal.signal(number, signal.SIG_IGN) for number in _ENDINGS}
        started.end()
        for number, handler in before.items():
            signal.signal(number, handler)
