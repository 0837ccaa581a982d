"""Fuzz each target for a while, then read all that was found interesting at full speed.

Usage, from the root of the project: python -m tests.fuzz [--seconds 60] [TARGET ...]

The exit code is 1 where an input breaks a promise; the file that holds it is named, and stays.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import tests.fuzz.host  # noqa: F401 - sets Django up
from tests.fuzz.targets import SECONDS, TARGETS, Target

FOLDER = Path(__file__).parents[2] / ".build" / "fuzz"
# Under the fuzzer everything is several times as slow; what counts is the speed without it.
_HANGS_AFTER = 10
_MEGABYTES = 2048
_LONGEST = 16 * 1024
_LAST_LINES = 40


def fuzz(name: str, target: Target, seconds: int) -> bool:
    """Return whether the promises held."""
    corpus = FOLDER / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = {
        "max_total_time": seconds,
        "max_len": _LONGEST,
        "timeout": _HANGS_AFTER,
        "rss_limit_mb": _MEGABYTES,
        "artifact_prefix": f"{FOLDER}/{name}-",
        "verbosity": 0,
        "print_final_stats": 1,
    }
    given = [f"-{option}={value}" for option, value in options.items()]
    command = [sys.executable, "-m", "tests.fuzz.engine", name, str(corpus), *given]
    log = FOLDER / f"{name}.log"
    with log.open("w") as file:
        code = subprocess.run(command, check=False, stdout=file, stderr=file).returncode
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    said = lines[-_LAST_LINES:] if code else [line for line in lines if "executed_units" in line]
    print(*said, sep="\n", flush=True)
    return code == 0


def replay(name: str, target: Target) -> bool:
    """Read every kept input once more, without the fuzzer; print how long the slowest took."""
    slowest, which = 0.0, None
    kept = sorted((FOLDER / name).iterdir())
    for path in kept:
        begin = time.thread_time()
        target.check(path.read_bytes())
        spent = time.thread_time() - begin
        if spent > slowest:
            slowest, which = spent, path
    print(f"{name}: {len(kept)} inputs, the slowest took {slowest:.3f} s ({which})", flush=True)
    return slowest < SECONDS


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    options = parser.parse_args(argv)
    names = options.names or list(TARGETS)
    held = True
    for name in names:
        target = TARGETS[name]
        print(f"== {name}", flush=True)
        held = fuzz(name, target, max(1, options.seconds // len(names))) and held
        held = replay(name, target) and held
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
