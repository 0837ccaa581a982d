"""Install the wheel of a folder into every host, two at a time: `python -m tests.install dist`.

Names of hosts after the folder pick some of them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

from tests.install import bare
from tests.install.place import Failed
from tests.install.wheel import look_into

AT_ONCE = 2
TIME_LIMIT = 10 * 60
LOGS = Path(".build/install")
# Those that take longest come first.
HOSTS = ("tenants", "i18n", "classic", "spa", "admin")


def main(folder: str, *names: str) -> int:
    (wheel,) = Path(folder).resolve().glob("*.whl")
    look_into(wheel)
    begin = time.monotonic()
    LOGS.mkdir(parents=True, exist_ok=True)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    if not names:
        print("== The wheel in a fresh project, and in one that has next to nothing", flush=True)
        with tempfile.TemporaryDirectory(prefix="crm_notify_bare_") as place:
            bare.story(Path(place), wheel)
    chosen = [name for name in HOSTS if not names or name in names]
    running: list[subprocess.Popen[bytes]] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tried = [pool.submit(_is_green, name, wheel, running) for name in chosen]
        try:
            green = [one.result() for one in tried]
        except KeyboardInterrupt:
            for one in tried:
                one.cancel()
            for process in running:
                # It ends what it has started, and then itself.
                process.terminate()
            raise
    took = f"{time.monotonic() - begin:.0f} s"
    print(f"{sum(green)} of {len(chosen)} hosts took the wheel, in {took}", flush=True)
    return not (green and all(green))


def _is_green(name: str, wheel: Path, running: list[subprocess.Popen[bytes]]) -> bool:
    """Try one host in a process of its own, and say how that went."""
    begin = time.monotonic()
    log = LOGS / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.install.stage", name, str(wheel)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        running.append(process)
        try:
            status = process.wait(TIME_LIMIT)
        except subprocess.TimeoutExpired:
            process.terminate()
            status = process.wait()
        running.remove(process)
    lines = log.read_text(errors="replace").splitlines()
    told = [line for line in lines if not line.startswith("$")] if status == 0 else lines[-80:]
    print(f"== {name}, {time.monotonic() - begin:.0f} s", *told, sep="\n", flush=True)
    return status == 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Failed as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit(130)
