"""A host with its own kind of users, naive times and a transaction a request is served too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_an_odd_host_is_served_too() -> None:
    """Settings such as the user model hold for a whole process, so it has one of its own."""
    # What the outer run hands down would make it another's worker.
    environment = {name: os.environ[name] for name in os.environ if "PYTEST" not in name}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--ds=tests.odd.settings", "tests/odd/story.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
