"""Hosts whose settings hold for a whole process: a second database, users of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("host", "story", "parts"), [("apart", "story.py", 5), ("odd", "tracked.py", 2)]
)
def test_the_records_of_any_host_are_tracked(host: str, story: str, parts: int) -> None:
    # What the outer run hands down would make it another's worker.
    environment = {name: os.environ[name] for name in os.environ if "PYTEST" not in name}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"--ds=tests.{host}.settings", f"tests/{host}/{story}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{parts} passed" in done.stdout
