"""`python -m project.demo`: the whole story in one terminal; --once ends when it is told."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from types import FrameType

from project.crm.people import CAST, PASSWORD
from project.demo.ports import choose
from project.demo.programs import Trouble
from project.demo.stage import LOGS, Stage, stage
from project.demo.story import play

say = partial(print, flush=True)
USUAL_PORT = 8000
USUAL_PROVIDER_PORT = 8025
LIMIT = 2.0
"""Seconds within which a posted bounce has to stand on the acting user's screen."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 where the loop closed, 1 where it did not, 130 where Ctrl-C came before that."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Also where a shell without job control, as in a script, has it ignored.
        signal.signal(number, _interrupt)
    began = time.monotonic()
    try:
        port = choose(options.port, usual=USUAL_PORT, option="--port")
        provider_port = choose(
            options.provider_port, usual=USUAL_PROVIDER_PORT, option="--provider-port"
        )
        say("Starting broker, mail provider, web server, worker and beat ...")
        with stage(port=port, provider_port=provider_port) as running:
            say(f"All are up after {time.monotonic() - began:.1f} s. The story, over HTTP:\n")
            took = play(running, say)
            say(f"\nThe loop is closed, {time.monotonic() - began:.1f} s after the start.")
            if not options.once:
                _invite(running)
                _stay_up(running)
            elif took > LIMIT:
                raise Trouble(f"But the warning came {took:.2f} s after the bounce: too late.")
            say("Stopping everything ...")
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    return 0


def _invite(running: Stage) -> None:
    say(f"\n  CRM            {running.crm}/")
    say(f"  Admin          {running.crm}/admin/")
    say(f"  Mail provider  {running.provider}/")
    say(f"  Logs           {LOGS}\n")
    for person in CAST:
        say(f"  {person.username:<6} {PASSWORD}   {person.part}")
    say("\nCtrl-C stops everything.")


def _stay_up(running: Stage) -> None:
    """Until Ctrl-C; raises Trouble where one of the programs dies."""
    try:
        while True:
            running.programs.check()
            time.sleep(0.5)
    except KeyboardInterrupt:
        say()


def _interrupt(number: int, frame: FrameType | None) -> None:
    """A closed terminal, and kill, end it as Ctrl-C does."""
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m project.demo", description=__doc__)
    add = parser.add_argument
    add("--once", action="store_true", help="end when the story is told; status 0 if it closed")
    add("--port", type=int, help=f"of the CRM (usually {USUAL_PORT}, or the next free one)")
    add(
        "--provider-port",
        type=int,
        help=f"of the mail provider (usually {USUAL_PROVIDER_PORT}, or the next free one)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
