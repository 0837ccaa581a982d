"""Debian's Postfix with folders and a port of its own; the machine's own one is left alone."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from grp import getgrnam
from pathlib import Path
from typing import Any

PROGRAMS = Path("/usr/lib/postfix/sbin")
#: The kernel tells it to end when the tests end, however they do.
ENDS_WITH_US = ("setpriv", "--pdeathsig", "TERM")
QUEUES = "active bounce corrupt defer deferred flush hold incoming private saved trace".split()

MAIN = {
    "compatibility_level": "3.6",
    "inet_interfaces": "127.0.0.1",
    "inet_protocols": "ipv4",
    "myhostname": "mta.crm.example",
    "mydestination": "local.example",
    "mynetworks": "127.0.0.0/8",
    "smtp_dns_support_level": "disabled",
    "smtp_host_lookup": "native",
    "default_transport": "error:5.1.2 Nothing leaves this machine",
    "alias_maps": "",
    "alias_database": "",
    # Unknown users are found out when the mail is delivered, as behind a relay.
    "local_recipient_maps": "",
    "address_verify_poll_delay": "1s",
}

#: Where a test is about waiting, it waits for seconds; else what is put off is put off for long.
HASTE = {"queue_run_delay": "1s", "minimal_backoff_time": "1s", "maximal_backoff_time": "2s"}

MASTER = """\
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, kw_only=True)
class Postfix:
    """One that runs."""

    port: int
    folder: Path

    def waiting(self) -> list[dict[str, Any]]:
        """What is in its queues, as postqueue(1) has it."""
        lines = self._postqueue("-j").splitlines()
        return [json.loads(line) for line in lines]

    def flush(self) -> None:
        """Try everything now."""
        self._postqueue("-f")

    @property
    def log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def _postqueue(self, option: str) -> str:
        command = ["postqueue", "-c", str(self.folder / "etc"), option]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def running(*, main: str, services: str = "") -> Iterator[Postfix]:
    """Start one with ``main`` at the end of its main.cf and ``services`` of its master.cf."""
    _demand()
    folder = Path(tempfile.mkdtemp(prefix="crm_notify_mta_", dir="/tmp"))
    try:
        postfix = Postfix(port=free_port(), folder=folder)
        _furnish(postfix, main, services)
        command = [*ENDS_WITH_US, str(PROGRAMS / "master"), "-d", "-c", str(folder / "etc")]
        with (folder / "out").open("wb") as out:
            master = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        try:
            _wait_for(postfix, master)
            yield postfix
        finally:
            master.terminate()
            master.wait(20)
    finally:
        shutil.rmtree(folder)


def _demand() -> None:
    if not (PROGRAMS / "master").exists():
        raise RuntimeError("There is no Postfix here: apt-get install postfix, then run it again.")
    if os.geteuid() != 0:
        raise RuntimeError("Postfix starts as root only: sudo make mta.")


def _furnish(postfix: Postfix, main: str, services: str) -> None:
    folder, etc = postfix.folder, postfix.folder / "etc"
    folder.chmod(0o755)
    owner = pwd.getpwnam("postfix")
    etc.mkdir()
    (folder / "queue" / "pid").mkdir(parents=True)
    for place in (folder / "data", *(folder / "queue" / name for name in QUEUES)):
        place.mkdir(mode=0o700)
        os.chown(place, owner.pw_uid, owner.pw_gid)
    for name, mode in (("public", 0o2710), ("maildrop", 0o1730)):
        place = folder / "queue" / name
        place.mkdir()
        os.chown(place, owner.pw_uid, getgrnam("postdrop").gr_gid)
        place.chmod(mode)
    settings = {
        **MAIN,
        "queue_directory": str(folder / "queue"),
        "data_directory": str(folder / "data"),
        "daemon_directory": str(PROGRAMS),
        "maillog_file": str(folder / "log"),
        "maillog_file_prefixes": str(folder),
    }
    lines = [f"{name} = {value}\n" for name, value in settings.items()]
    (etc / "main.cf").write_text("".join(lines) + main)
    (etc / "master.cf").write_text(MASTER.format(port=postfix.port) + services)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _wait_for(postfix: Postfix, master: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and master.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", postfix.port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    said = (postfix.folder / "out").read_text(errors="replace")
    raise RuntimeError(f"Postfix did not start:\n{said}{postfix.log}")
