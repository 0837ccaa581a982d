"""Examine whether the loop is alive, and write down that somebody sweeps."""

from __future__ import annotations

import socket
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from crm_notify.conf import get_settings
from crm_notify.models import (
    Activity,
    Alert,
    Incident,
    Installation,
    Notification,
    Receipt,
    SinkCall,
)
from crm_notify.rules.health import Condition
from crm_notify.rules.outcome import Dispatch, Outcome
from crm_notify.rules.text import one_line
from crm_notify.scope import over_all_tenants
from crm_notify.steps.hold import installation

#: How exactly it is known when the last sweep was.
EVERY = timedelta(seconds=5)
#: How far anything is counted.
MOST = 1000


def mark(by: str) -> None:
    """Somebody has swept: one read, and one write at most every five seconds."""
    now = timezone.now()
    row = installation()
    if row.swept_at is not None and now - EVERY < row.swept_at <= now:
        return
    name = one_line(f"{by} on {socket.gethostname()}", 200)
    Installation.objects.filter(pk=row.pk).update(swept_at=now, swept_by=name)


@over_all_tenants
def examine() -> Condition:
    """Look at everything that could be late. Seven queries, and it writes nothing."""
    now = timezone.now()
    due = Q(due_at__lte=now)
    row = Installation.objects.filter(pk=1).first()
    queued = Q(dispatch=Dispatch.QUEUED, outcome=Outcome.IN_FLIGHT)
    unread, oldest = _waiting(Receipt.objects.filter(due, state=Receipt.State.NEW))
    open_ones = Incident.objects.filter(closed_at=None).values_list("kind", "subject")
    incidents = list(open_ones.order_by("-last_at")[:MOST])
    kinds = Incident.Kind
    return Condition(
        now=now,
        swept_at=row.swept_at if row else None,
        swept_by=row.swept_by if row else "",
        queue=_oldest(Notification.objects.filter(due & queued)),
        receipts=oldest,
        unread=unread,
        alerts=_oldest(Alert.objects.filter(due, closed_at=None)),
        sinks=_oldest(SinkCall.objects.filter(due, sink__in=get_settings().SINKS)),
        tracked=Activity.objects.filter(resolve_at__lte=now).aggregate(oldest=Min("resolve_at"))[
            "oldest"
        ],
        silent_sinks=[subject for kind, subject in incidents if kind == kinds.SINK],
        held=_held(row),
        incidents=dict(Counter(kind for kind, _ in incidents)),
        unproven=[subject for kind, subject in incidents if kind == kinds.UNPROVEN],
    )


def _oldest(rows: QuerySet[Any]) -> datetime | None:
    oldest: datetime | None = rows.aggregate(oldest=Min("due_at"))["oldest"]
    return oldest


def _waiting(rows: QuerySet[Any]) -> tuple[int, datetime | None]:
    """How many, counted to a limit, and since when the oldest of them."""
    found = rows.order_by("due_at")[:MOST].aggregate(count=Count("pk"), oldest=Min("due_at"))
    return found["count"], found["oldest"]


def _held(row: Installation | None) -> list[str]:
    """The switches that somebody has set; a foreign database holds its mail by itself."""
    if row is None:
        return []
    sends = not row.held and row.name == get_settings().INSTALLATION
    listens = row.intake == Installation.Intake.OPEN
    return [name for name, on in (("sending", sends), ("intake", listens)) if not on]
