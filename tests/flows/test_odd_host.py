"""Hosts with their own kind of users, databases, URLs and middleware are served too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ODD = ROOT / "tests" / "odd"
HOSTS = sorted(path.parent.relative_to(ROOT) for path in ODD.rglob("story.py"))


@pytest.mark.parametrize("host", HOSTS, ids=[path.name for path in HOSTS])
def test_an_odd_host_is_served_too(host: Path) -> None:
    """Settings such as the user model hold for a whole process, so it has one of its own."""
    # What the outer run hands down would make it another's worker.
    environment = {name: os.environ[name] for name in os.environ if "PYTEST" not in name}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"--ds={'.'.join(host.parts)}.settings", str(host / "story.py")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^[1-9]\d* passed", done.stdout, re.MULTILINE)
