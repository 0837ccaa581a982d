"""The demonstration's programs end with it, and one that dies is named with its last words."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from project.demo import programs as module
from project.demo.programs import Programs, Trouble, programs

SLEEP = "import time; time.sleep(60)"


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def running(logs: Path) -> Iterator[Programs]:
    with programs(folder=logs, logs=logs, environment=os.environ) as started:
        yield started


def python(code: str) -> tuple[str, str, str]:
    return sys.executable, "-c", code


def is_alive(pid: int) -> bool:
    """Whether it runs; one that has ended and waits to be collected by its new parent does not."""
    asked = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return asked.stdout.strip()[:1] not in {"", "Z"}


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def child_written_to(path: Path) -> int:
    wait_for(lambda: path.exists() and path.read_text().endswith("\n"))
    return int(path.read_text())


PARENT = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path({path!r}).write_text(f"{{child.pid}}\\n")
{after}
"""


def test_everything_ends_with_the_block_and_so_does_what_it_started(logs: Path) -> None:
    note = logs / "child"
    with programs(folder=logs, logs=logs, environment=os.environ) as started:
        started.start("parent", *python(PARENT.format(path=str(note), after="time.sleep(60)")))
        child = child_written_to(note)
        assert is_alive(child)
    wait_for(lambda: not is_alive(child))


def test_what_a_dead_program_leaves_behind_ends_too(logs: Path) -> None:
    note = logs / "child"
    with programs(folder=logs, logs=logs, environment=os.environ) as started:
        started.start("parent", *python(PARENT.format(path=str(note), after="sys.exit(1)")))
        child = child_written_to(note)
        with pytest.raises(Trouble, match="The parent ended"):
            started.wait_for(lambda: False, what="it dies")
    wait_for(lambda: not is_alive(child))


def test_a_program_that_will_not_end_is_killed(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    deaf = f"{ignore}; print('deaf', flush=True); {SLEEP}"
    with programs(folder=logs, logs=logs, environment=os.environ) as started:
        started.start("deaf one", *python(deaf))
        wait_for(lambda: "deaf" in (logs / "deaf-one.log").read_text())
        began = time.monotonic()
    assert time.monotonic() - began < 5


def test_one_that_dies_is_named_with_the_end_of_its_log(running: Programs) -> None:
    running.start("worker", *python("print('no broker'); raise SystemExit(3)"))
    with pytest.raises(Trouble, match=r"(?s)The worker ended \(3\)\..*no broker"):
        running.wait_for(lambda: False, what="never")


def test_one_that_should_last_is_missed_even_when_it_ends_well(running: Programs) -> None:
    running.start("web server", *python("pass"))
    with pytest.raises(Trouble, match=r"The web server ended \(0\)"):
        running.wait_for(lambda: False, what="never")


def test_a_step_that_fails_is_trouble_and_one_that_succeeds_is_not(running: Programs) -> None:
    running.run("seed", *python("pass"))
    with pytest.raises(Trouble, match=r"(?s)The database ended \(1\).*no such table"):
        running.run("database", *python("raise SystemExit('no such table')"))


def test_what_never_comes_is_given_up_with_its_name(running: Programs) -> None:
    running.start("worker", *python(SLEEP))
    with pytest.raises(Trouble, match=r"Waited 0\.1 s in vain until the worker is ready"):
        running.wait_for(lambda: False, what="the worker is ready", seconds=0.1)
