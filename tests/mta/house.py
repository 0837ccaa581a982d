"""A house with a Postfix, and the two sides of it: where mail goes, and where bounces come back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mta import documented
from tests.mta.everybody import Python
from tests.mta.postfix import ENDS_WITH_US, Postfix, running
from tests.support.guard import ROOT
from tests.support.mail_server import MailServer

#: Longer than anything takes here, on a machine with much else to do.
PATIENCE = 120.0
#: The pause between two times that it is told to try again.
AGAIN = 5.0


@dataclass(frozen=True, kw_only=True)
class House:
    """Our Postfix, and the server of the people at example.com."""

    postfix: Postfix
    target: MailServer

    def wait_until(self, happened: Callable[[], bool], what: str, *, flush: bool = False) -> None:
        """Wait for what has to happen; where it does not, show what Postfix says.

        With ``flush`` Postfix tries at once what it has put off, and again after a while.
        """
        until = time.monotonic() + PATIENCE
        next_flush = time.monotonic()
        while not happened():
            now = time.monotonic()
            assert now < until, f"Not in {PATIENCE} s: {what}\n{self.postfix.log}"
            if flush and now >= next_flush:
                self.postfix.flush()
                next_flush = now + AGAIN
            time.sleep(0.1)


@contextmanager
def house(
    way: str, *, port: int = 0, script: Path | None = None, main: Mapping[str, str] | None = None
) -> Iterator[House]:
    """Bounces come by the pipe, to ``script``, or by LMTP or SMTP, to ``port``."""
    with MailServer() as target:
        routes = {"example.com": f"smtp:[127.0.0.1]:{target.port}"}
        text = documented.main_cf(way, port=port, routes=routes)
        text += "".join(f"{name} = {value}\n" for name, value in (main or {}).items())
        services = ""
        if script is not None:
            services = documented.master_cf(script)
            table = script.with_name("recipients")
            table.write_text(documented.recipients())
            text = text.replace("/etc/postfix/crm_bounces", str(table))
        with running(main=text, services=services) as postfix:
            yield House(postfix=postfix, target=target)


@contextmanager
def lmtp_server(port: int, environment: Mapping[str, str]) -> Iterator[None]:
    """`manage.py crm_notify_lmtp`, a process of its own."""
    lmtp = [sys.executable, "manage.py", "crm_notify_lmtp", "--port", str(port)]
    command = [*ENDS_WITH_US, *lmtp]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert "listening" in process.stdout.readline()
            yield
        finally:
            process.terminate()
            process.wait(30)


def write_script(folder: Path, python: Python, environment: Mapping[str, str]) -> Path:
    """The documented script, where Postfix's user can run it."""
    script = folder / "bounce-pipe"
    script.write_text(documented.bounce_pipe(python, environment))
    script.chmod(0o755)
    return script
