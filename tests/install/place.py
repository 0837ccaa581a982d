"""A folder outside of the checkout in which a project lives, with a Python of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

UV = str(Path(sys.executable).parent / "uv")
#: Of the surroundings, what would put the checkout within a project's reach.
_OURS = ("DJANGO_", "PYTHON", "VIRTUAL_ENV", "COVERAGE")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A project's folder, the Python that it runs on, and the environment of its programs."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def python(self) -> str:
        return str(self.folder / "venv" / "bin" / "python")

    @property
    def surroundings(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in os.environ if not name.startswith(_OURS)}
        return {**kept, **self.environment}

    def make_python(self, interpreter: str) -> None:
        self.run(UV, "venv", "--quiet", "--python", interpreter, "venv")

    def install(self, *what: str) -> None:
        self.run(UV, "pip", "install", "--quiet", "--python", self.python, *what)

    def uninstall(self, *what: str) -> None:
        self.run(UV, "pip", "uninstall", "--quiet", "--python", self.python, *what)

    def packages(self) -> dict[str, str]:
        """The versions of what is installed, which has to fit together."""
        self.run(UV, "pip", "check", "--quiet", "--python", self.python)
        listing = self.run(UV, "pip", "list", "--format=json", "--python", self.python)
        return {package["name"].lower(): package["version"] for package in json.loads(listing)}

    def manage(self, *command: str) -> str:
        """Run a management command of the project, where a warning is an error."""
        return self.run(self.python, "-W", "error", "manage.py", *command)

    def run(self, *command: str) -> str:
        """Run it where no module and no setting of the checkout is in reach; what it printed."""
        return self._done(*command).stdout

    def manage_aloud(self, *command: str) -> str:
        """Run a management command, and give what it said as an error: tests and logs go there."""
        return self._done(self.python, "-W", "error", "manage.py", *command).stderr

    def _done(self, *command: str) -> subprocess.CompletedProcess[str]:
        print(f"$ {shown(command)}", flush=True)
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.surroundings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            said = f"{done.stdout}{done.stderr}"
            raise Failed(f"{shown(command)} ended with {done.returncode}:\n{said}")
        return done


class Failed(Exception):
    """A host does not behave as it should; the text says how."""


def shown(command: Sequence[str]) -> str:
    """A command as one line."""
    return " ".join(word if "\n" not in word else "..." for word in command)
