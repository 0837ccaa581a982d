"""A host whose records are in another database than ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_records_of_another_database_are_tracked_too() -> None:
    """A second database holds for a whole process, so it has one of its own."""
    # What the outer run hands down would make it another's worker.
    environment = {name: os.environ[name] for name in os.environ if "PYTEST" not in name}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--ds=tests.apart.settings", "tests/apart/story.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout
