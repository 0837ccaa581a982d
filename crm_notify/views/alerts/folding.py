"""Many warnings of one cause that the admins know of: one line, with everybody's name in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Min, Window
from django.db.models.functions import RowNumber

from crm_notify import api
from crm_notify.models import Alert
from crm_notify.querysets import folded
from crm_notify.rules.text import printable
from crm_notify.views.alerts import wording
from crm_notify.views.alerts.values import Folded, Named
from crm_notify.views.alerts.versions import digest

#: How many of a line's names are written out.
NAMES = 50


@dataclass(frozen=True, kw_only=True)
class Heap:
    """One person's share of one incident; ``version`` changes with everything it says."""

    incident: int
    cause: str
    count: int
    version: str


def heaps_of(user: Any, *, seed: str, apart: int | None) -> list[Heap]:
    """The folded alerts of one person, an incident each, the oldest first: one query.

    ``seed`` is all that their words depend on besides; the incident ``apart`` is not folded.
    """
    rows = (
        api.open_alerts(user)
        .filter(folded(apart=apart))
        .order_by()
        .values("incident", "incident__subject")
        .annotate(count=Count("pk"), newest=Max("pk"), since=Min("opened_at"))
        .order_by("incident")
    )
    return [
        Heap(
            incident=row["incident"],
            cause=row["incident__subject"],
            count=row["count"],
            version=digest(seed, row["count"], row["newest"], row["since"]),
        )
        for row in rows
    ]


def folded_in_words(user: Any, heaps: Sequence[Heap]) -> list[Folded]:
    """Put each into one line, with the first of its names: one query, none where there are none."""
    named = _named(user) if heaps else {}
    return [
        Folded(
            incident=heap.incident,
            version=heap.version,
            count=heap.count,
            cause=printable(heap.cause, 200),
            headline=wording.folded(heap.count, heap.cause),
            names=named.get(heap.incident, []),
        )
        for heap in heaps
    ]


def _named(user: Any) -> dict[int, list[Named]]:
    place = Window(RowNumber(), partition_by=F("incident"), order_by=F("pk").desc())
    alerts = api.open_alerts(user).filter(folded()).defer("notification__activity__text")
    found: dict[int, list[Named]] = defaultdict(list)
    for alert in alerts.annotate(place=place).filter(place__lte=NAMES).order_by("-pk"):
        assert alert.incident_id is not None
        found[alert.incident_id].append(_name(alert, user))
    return found


def _name(alert: Alert, user: Any) -> Named:
    activity = alert.notification.activity
    return Named(
        alert=alert.pk,
        recipient=wording.name_of(alert.notification),
        address=printable(alert.notification.address, 320),
        what=wording.what(activity, viewer=user),
        target=printable(activity.target_label, 255),
        url=wording.link(activity.url),
    )
