"""Worker, beat and sweep in one process, for hosts without a broker."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from functools import partial
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connections

from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.ring import ring
from crm_notify.steps.sweep import sweep

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Look for work at an interval, do it, and end cleanly on SIGINT or SIGTERM."""

    help = "Sends, reads and sweeps in one process, for hosts without a message broker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interval", type=float, default=1.0, help="seconds between two looks (default 1)"
        )
        parser.add_argument(
            "--once",
            action="store_true",
            help="do one round and end, for tests and by hand (for cron: crm_notify_sweep)",
        )

    def handle(self, *args: Any, interval: float, once: bool, **options: Any) -> None:
        stop = threading.Event()

        def end(number: int, frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        self.stdout.write("crm_notify_worker: started")
        while True:
            self._work()
            if once or stop.wait(interval):
                break
        connections.close_all()
        self.stdout.write("crm_notify_worker: ended")

    def _work(self) -> None:
        """One look. A database that is down is no reason to die: it is asked again."""
        for step in (partial(sweep, by="crm_notify_worker"), interpret, deliver, ring):
            try:
                step()
            except DatabaseError as error:
                logger.exception("crm_notify_worker: the database does not answer: %s", error)
            finally:
                close_old_connections()
