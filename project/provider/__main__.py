"""`python -m project.provider`: the provider in a terminal, until it is interrupted."""

from __future__ import annotations

import argparse
import errno
import signal
import sys
from collections.abc import Sequence
from threading import Event

from project.provider.office import DEFAULT_UNKNOWN
from project.provider.server import Provider


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM, and return the exit status: 2 where it cannot start."""
    options = _parser().parse_args(arguments)
    try:
        provider = Provider(
            port=options.port,
            webhook=options.webhook,
            inbound_webhook=options.inbound_webhook,
            unknown=options.unknown or DEFAULT_UNKNOWN,
            speed=options.speed,
            api_keys=options.api_key,
            ping=options.ping,
        )
        provider.start()
    except ValueError as error:
        return _fail(str(error))
    except OverflowError:
        return _fail(f"{options.port} is no port: choose one from 1 to 65535.")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return _fail(f"Port {options.port} is taken: choose another one with --port.")
        return _fail(f"Port {options.port} cannot be used: {error.strerror}.")
    _serve(provider)
    return 0


def _serve(provider: Provider) -> None:
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    print(f"The mail provider shows its mailboxes at {provider.url}/", flush=True)
    ended.wait()
    provider.stop()


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m project.provider",
        description="A local mail provider: SparkPost's send API, webhooks, and mailboxes that "
        "behave. Its page explains the mailboxes and the controls.",
    )
    add = parser.add_argument
    add("--port", type=int, default=8025, help="on 127.0.0.1 (default: 8025)")
    add("--webhook", metavar="URL", help="where to post events; user:secret@ is sent as Basic")
    add("--inbound-webhook", metavar="URL", help="where to relay automatic replies")
    unknown = f"no such mailbox; may be repeated (default: {', '.join(DEFAULT_UNKNOWN)})"
    add("--unknown", action="append", metavar="ADDRESS", help=unknown)
    add("--api-key", action="append", default=[], help="may be repeated (default: any will do)")
    add("--speed", type=float, default=1.0, help="2 halves all delays (default: 1)")
    add("--ping", action="store_true", help="post an empty event to each webhook at the start")
    return parser


if __name__ == "__main__":
    sys.exit(main())
