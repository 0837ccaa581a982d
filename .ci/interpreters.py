"""Finds a Python of each supported minor version, wherever people keep them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ASK = "import sys; print('%d.%d' % sys.version_info[:2])"


def find(version: str, uv: Path) -> str:
    """Return the path of an interpreter of this minor version, such as "3.12".

    In this order: the PATH, pyenv's versions (its shims answer only for the chosen one), and what
    uv has or can fetch. Raises LookupError with what to do where there is none.
    """
    for candidate in _candidates(version):
        if _version(candidate) == version:
            return candidate
    command = [str(uv), "python", "install", "--quiet", version]
    fetched = subprocess.run(command, capture_output=True, text=True)
    found = subprocess.run([uv, "python", "find", version], capture_output=True, text=True)
    if fetched.returncode == 0 and found.returncode == 0:
        return found.stdout.strip()
    raise LookupError(
        f"There is no Python {version} on the PATH or among pyenv's versions, and uv could not "
        f"fetch one. Install it (for example `pyenv install {version}`, or `apt-get install "
        f"python{version} python{version}-venv` where the distribution has it) and run this again."
    )


def _candidates(version: str) -> Iterator[str]:
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from (str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/python")))


def _version(candidate: str) -> str:
    asked = subprocess.run([candidate, "-c", ASK], capture_output=True, text=True)
    return asked.stdout.strip()
