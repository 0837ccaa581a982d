"""One round of all the work, for cron, where neither a broker nor a worker runs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.ring import ring
from crm_notify.steps.sweep import sweep

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Sweep, read, send and ring once, and end: 0 where all of it worked, else 1.

    It may overlap with itself and with any worker: whatever is to be done is claimed row by row.
    """

    help = "Sweeps, reads, sends and calls the sinks once, for cron; prints what it did."
    # Cron calls it every minute; what a check finds wrong elsewhere must not keep mail back.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self._failed = sweep(by="crm_notify_sweep")
        read = self._round("the reading", interpret)
        made = self._round("the sending", deliver)
        rung = self._round("the sinks", ring)
        connections.close_all()
        done = f"Receipts read: {read}; sending attempts: {made}; sinks called: {rung}."
        if self._failed:
            raise CommandError(f"{done} Failed: {', '.join(self._failed)}; the log says why.")
        self.stdout.write(f"Swept. {done}")

    def _round(self, name: str, step: Callable[[], int]) -> int:
        """Do it once; what fails stops nothing else."""
        try:
            return step()
        except Exception:
            logger.exception("crm_notify_sweep: %s failed", name)
            self._failed.append(name)
            return 0
