"""Runs the tests in every supported pair of Python and Django, two pairs at a time.

All of them run on SQLite, the oldest and the newest on PostgreSQL too. One pair for each Python
and each Django is thorough: it plays the stories and runs the rules too, and leaves what it covered
in .build/coverage for `make coverage`. Names of pairs, as arguments, pick some of them; "others"
picks all but the pair that .venv is, which `make test` has tried.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import django
import interpreters

ROOT = Path(__file__).resolve().parents[1]
VENVS = ROOT / ".build" / "matrix"
COVERAGE = ROOT / ".build" / "coverage"
UV = Path(sys.executable).parent / "uv"
AT_ONCE = 2
TIME_LIMIT = 40 * 60  # seconds, for one command
BOTH = ("sqlite", "postgres")
OTHERS = ["others"]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One supported pair, the databases that it is tried on, and how much of the tests it runs."""

    python: str
    django: str
    databases: tuple[str, ...] = ("sqlite",)
    thorough: bool = False

    @property
    def name(self) -> str:
        return f"python{self.python}-django{self.django}"


# Django 6 needs Python 3.12. Those that take longest come first.
CELLS = (
    Cell(python="3.11", django="5.2", databases=BOTH, thorough=True),
    Cell(python="3.13", django="6.1", databases=BOTH, thorough=True),
    Cell(python="3.12", django="6.0", thorough=True),
    Cell(python="3.12", django="5.2"),
    Cell(python="3.13", django="5.2"),
    Cell(python="3.13", django="6.0"),
    Cell(python="3.12", django="6.1"),
)


def main(names: list[str]) -> int:
    cells = chosen(names)
    try:
        pythons = {cell.python: interpreters.find(cell.python, UV) for cell in cells}
    except LookupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    for version, path in sorted(pythons.items()):
        print(f"Python {version}: {path}", flush=True)
    for measured in COVERAGE.glob("python*" if names == OTHERS else "*"):
        measured.unlink()
    COVERAGE.mkdir(parents=True, exist_ok=True)
    VENVS.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        green = list(pool.map(lambda cell: is_green(cell, pythons[cell.python]), cells))
    print(f"{sum(green)} of {len(cells)} pairs are green", flush=True)
    return not (green and all(green))


def chosen(names: list[str]) -> list[Cell]:
    ours = f"python{sys.version_info.major}.{sys.version_info.minor}-django"
    ours += ".".join(map(str, django.VERSION[:2]))
    if names == OTHERS:
        return [cell for cell in CELLS if cell.name != ours]
    return [cell for cell in CELLS if not names or cell.name in names]


def is_green(cell: Cell, python: str) -> bool:
    """Make the cell's environment, run its tests, and say in one line how that went."""
    begin = time.monotonic()
    log = VENVS / f"{cell.name}.log"
    failure = ""
    with log.open("w") as out:
        try:
            own = prepare(cell, python, out)
            for database in cell.databases:
                test(cell, own, database, out)
        except subprocess.SubprocessError as error:
            failure = str(error)
    lines = log.read_text().splitlines()
    closing = [line.strip("= ") for line in lines if line.startswith("=") and " in " in line]
    spent = f"{time.monotonic() - begin:.0f} s"
    print(f"{cell.name} on {' and '.join(cell.databases)}, {spent}:", *closing, flush=True)
    if failure:
        print(*lines[-60:], failure, f"The whole of it: {log}", sep="\n", flush=True)
    return not failure


def prepare(cell: Cell, python: str, out: IO[str]) -> str:
    """Make the cell's virtual environment: the pins, but for the Django; give its Python."""
    venv = VENVS / cell.name
    own = str(venv / "bin" / "python")
    django = VENVS / f"{cell.name}.txt"
    django.write_text(f"django=={cell.django}.*\n")
    install = [str(UV), "pip", "install", "--quiet", "--python", own, "-r", "requirements.txt"]
    run([str(UV), "venv", "--quiet", "--clear", "--python", python, str(venv)], out)
    run([*install, "--overrides", str(django)], out)
    return own


def test(cell: Cell, own: str, database: str, out: IO[str]) -> None:
    """Run what needs only packages, and leave behind what a thorough pair covered."""
    options = ["-p", "no:cacheprovider", "-m", "not browser and not mta and not servers"]
    if database == "postgres" or not cell.thorough:
        # No rule knows a database or Django, nor do the documents and the local provider.
        options += [f"--ignore=tests/{folder}" for folder in ("rules", "docs", "provider")]
        # Its Django and its Python have played the stories, and the programs, on SQLite.
        options += [f"--ignore=tests/{folder}" for folder in ("flows", "project", "testing")]
    if database == "postgres":
        options += ["--ignore=tests/channels/logs"]
    if not cell.thorough:
        options += ["--ignore=tests/steps"]
    if cell.thorough:
        options += ["--cov", "--cov-report="]
    run(
        [own, "-m", "pytest", *options],
        out,
        TEST_DATABASE=database,
        TEST_DJANGO=cell.django,
        COVERAGE_FILE=str(COVERAGE / f"{cell.name}.{database}"),
    )


def run(command: list[str], out: IO[str], **environment: str) -> None:
    print("$", *command, file=out, flush=True)
    subprocess.run(
        command,
        cwd=ROOT,
        check=True,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=out,
        timeout=TIME_LIMIT,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
