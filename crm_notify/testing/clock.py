"""Time that passes for crm_notify and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from crm_notify.testing.ahead import ahead
from crm_notify.testing.work import work


class Clock:
    """The clock of crm_notify, while it is moved."""

    def __init__(self) -> None:
        self._moved = timedelta(0)

    def now(self) -> datetime:
        """The time that crm_notify goes by."""
        return ahead.now()

    def forward(self, by: timedelta) -> None:
        """Let more time pass, and do what is due then."""
        self._go(by)
        work()

    def _go(self, by: timedelta) -> None:
        ahead.go(by)
        self._moved += by


@contextmanager
def move_clock(by: timedelta) -> Iterator[Clock]:
    """Let time pass for crm_notify, and do what is due then; after the block it is as before.

    The worker's round is done once, at the end of that time: deadlines are kept, the ladder is
    climbed, what is due is sent. Other code sees the real time. Blocks may be nested; they add up.
    """
    clock = Clock()
    try:
        clock.forward(by)
        yield clock
    finally:
        clock._go(-clock._moved)
