"""Whether the loop is alive: a pure look at what has been waiting, and for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

#: For how long nobody may sweep. Cron can do it once a minute.
SWEPT_WITHIN = timedelta(minutes=5)
#: For how long may wait what a worker takes at once.
TAKEN_WITHIN = timedelta(minutes=15)


class Wrong(StrEnum):
    """What can be wrong; the words are those of the health page."""

    SETTINGS = "settings"
    DATABASE = "database"
    SWEEP = "sweep"
    QUEUE = "queue"
    RECEIPTS = "receipts"
    ALERTS = "alerts"
    SINKS = "sinks"
    TRACKED = "tracked"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What was found at ``now``: since when the oldest of each has been due, None where none is.

    ``held`` names the switches that somebody has set; what they hold back is not late.
    ``incidents`` are the open ones, counted by kind, ``unproven`` the mailers of which no bounce
    ever came back.
    """

    now: datetime
    swept_at: datetime | None = None
    swept_by: str = ""
    queue: datetime | None = None
    receipts: datetime | None = None
    unread: int = 0
    alerts: datetime | None = None
    sinks: datetime | None = None
    tracked: datetime | None = None
    silent_sinks: Sequence[str] = ()
    held: Sequence[str] = ()
    incidents: Mapping[str, int] = field(default_factory=dict)
    unproven: Sequence[str] = ()

    @property
    def swept(self) -> bool:
        """Whether somebody sweeps."""
        return self.swept_at is not None and self.swept_at >= self.now - SWEPT_WITHIN

    @property
    def has_work(self) -> bool:
        """Whether something waits for a sweep or a worker."""
        return any((self.queue, self.receipts, self.alerts, self.sinks, self.tracked))

    @property
    def wrong(self) -> list[Wrong]:
        """What is wrong, the cause before what follows from it; empty where all is well."""
        found = [] if self.swept else [Wrong.SWEEP]
        waiting = {
            Wrong.QUEUE: None if "sending" in self.held else self.queue,
            Wrong.RECEIPTS: None if "intake" in self.held else self.receipts,
            Wrong.ALERTS: self.alerts,
            Wrong.SINKS: self.sinks,
            Wrong.TRACKED: self.tracked,
        }
        return found + [kind for kind, since in waiting.items() if self.lasts(since, TAKEN_WITHIN)]

    def lasts(self, since: datetime | None, limit: timedelta) -> bool:
        """Whether it has been waiting for longer than that."""
        return since is not None and since < self.now - limit
