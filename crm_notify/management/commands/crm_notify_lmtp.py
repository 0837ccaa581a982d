"""The mail server for the Return-Path, as a process of its own."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_notify.conf import get_settings
from crm_notify.exceptions import MissingExtra
from crm_notify.extras import load


class Command(BaseCommand):
    """Take bounce mail from the mail server before us, until SIGINT or SIGTERM."""

    help = "Takes bounce mail by LMTP or SMTP from the mail server before us."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
        parser.add_argument("--port", type=int, default=8024, help="default: 8024")
        parser.add_argument(
            "--expose", action="store_true", help="listen on an address that others can reach"
        )
        parser.add_argument(
            "--connections", type=int, default=100, help="at the same time (default: 100)"
        )
        parser.add_argument(
            "--timeout", type=float, default=120.0, help="seconds for one command (default: 120)"
        )
        parser.add_argument(
            "--threads", type=int, default=4, help="that ask the database (default: 4)"
        )

    def handle(self, *args: Any, host: str, port: int, expose: bool, **options: Any) -> None:
        conf = get_settings()
        if not conf.RETURN_PATH_KEYS:
            raise CommandError('CRM_NOTIFY["RETURN_PATH_KEYS"] is empty: no address would be ours.')
        if not (expose or _is_loopback(host)):
            raise CommandError(
                f"{host} can be reached from elsewhere, and nobody has to log in here. If that is "
                "meant (a mail server in another container), type --expose."
            )
        try:
            lmtp = load("crm_notify.management.lmtp", extra="lmtp")
        except MissingExtra as error:
            raise CommandError(str(error)) from error
        limits = lmtp.Limits(
            size=conf.INBOUND_LIMIT,
            time=timedelta(seconds=options["timeout"]),
            connections=options["connections"],
            threads=options["threads"],
        )

        async def run() -> None:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop.set)
            await lmtp.serve(host=host, port=port, limits=limits, stop=stop, started=started)

        def started(port: int) -> None:
            self.stdout.write(f"crm_notify_lmtp: listening on {host} port {port}")
            self.stdout.flush()

        try:
            asyncio.run(run())
        except OSError as error:
            raise CommandError(f"Cannot listen on {host} port {port}: {error.strerror}.") from error
        self.stdout.write("crm_notify_lmtp: ended")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
