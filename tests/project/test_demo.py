"""The whole demonstration, as somebody types it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from project.demo.ports import any_free, is_free

ROOT = Path(__file__).parents[2]
STORY = (
    "Janet has logged an urgent call on Contoso.",
    "The provider has accepted the mail to john@contoso.example.",
    "It has bounced: 550 5.1.1",
    "A warning stands on Janet's screen",
    "Janet has corrected the address to jon@contoso.example",
    "Jon has it in his mailbox",
    "The warning has closed by itself: he was told.",
    "The loop is closed",
    "Ctrl-C stops everything.",
)


@pytest.fixture
def ports() -> tuple[int, int]:
    return any_free(), any_free()


@pytest.fixture
def demo(ports: tuple[int, int], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    port, provider_port = ports
    options = ["--port", str(port), "--provider-port", str(provider_port)]
    with subprocess.Popen(
        [sys.executable, "-m", "project.demo", *options],
        cwd=ROOT,
        env={**_without_coverage(), "DEMO_FOLDER": str(tmp_path), "DATABASE": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _without_coverage() -> dict[str, str]:
    """Measured, its seven processes would take minutes."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}


def working_in(folder: Path) -> list[str]:
    """The command lines that name a folder of ours."""
    listing = subprocess.run(
        ["ps", "-axww", "-o", "command="], check=True, capture_output=True, text=True
    )
    return [command for command in listing.stdout.splitlines() if str(folder) in command]


@pytest.mark.broker
def test_the_loop_closes_and_ctrl_c_leaves_nobody_behind(
    demo: subprocess.Popen[str], ports: tuple[int, int], tmp_path: Path
) -> None:
    assert demo.stdout is not None
    told = ""
    for line in demo.stdout:
        told += line
        if STORY[-1] in line:
            break
    places = [told.find(step) for step in STORY]
    assert -1 not in places, told
    assert places == sorted(places)
    assert working_in(tmp_path)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(timeout=30) == 0
    assert all(is_free(port) for port in ports)
    assert working_in(tmp_path) == []
