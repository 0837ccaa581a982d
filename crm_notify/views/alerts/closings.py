"""Alerts that have been closed, each with the piece of evidence that closed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from crm_notify import api
from crm_notify.models import Alert, Event
from crm_notify.rules.evidence import Evidence, Kind

#: How long a page says of its own accord that a warning has been settled.
RECENT = timedelta(minutes=10)
#: How many of those it names at most.
NAMED = 5

_TOLD = Q(kind__in=[Kind.SEEN, Kind.STATED]) | Q(evidence=Evidence.DELIVERED)


def recently_closed(user: Any, *, now: datetime) -> QuerySet[Alert]:
    """What was settled in the last minutes, the latest first."""
    closed = api.past_alerts(user).filter(closed_at__gte=now - RECENT)
    return closed.defer("notification__activity__text").order_by("-closed_at", "-pk")[:NAMED]


def page_of_past(user: Any, *, before: Alert | None, size: int) -> Sequence[Alert]:
    """One more than ``size`` closed alerts, the latest first, that come after ``before``."""
    closed = api.past_alerts(user).defer("notification__activity__text")
    if before is not None:
        closed = closed.filter(
            Q(closed_at__lt=before.closed_at) | Q(closed_at=before.closed_at, pk__lt=before.pk)
        )
    return list(closed.order_by("-closed_at", "-pk")[: size + 1])


def closed_by(alerts: Collection[Alert]) -> dict[int, Event]:
    """What closed each of these alerts, by the alert's id: one query, none where there are none."""
    if not alerts:
        return {}
    heads = {alert.chain_id for alert in alerts}
    told: dict[int, list[Any]] = defaultdict(list)
    given_up: dict[int, list[Any]] = defaultdict(list)
    found = (
        Event.objects.filter(Q(notification__in=heads) | Q(notification__chain__in=heads))
        .filter(_TOLD | Q(kind=Kind.CLOSED))
        .select_related("notification")
        .annotate(head=Coalesce("notification__chain_id", "notification_id"))
        .order_by("recorded_at", "pk")
    )
    for event in found:
        (given_up if event.kind == Kind.CLOSED else told)[event.head].append(event)
    closings: dict[int, Event] = {}
    for alert in alerts:
        said = told if alert.closed == Alert.Closed.TOLD else given_up
        for event in said[alert.chain_id]:
            if alert.closed_at is not None and event.recorded_at <= alert.closed_at:
                closings[alert.pk] = event
    return closings
