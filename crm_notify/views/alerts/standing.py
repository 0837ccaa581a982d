"""What stands open for one person, in one query, and a name for that state: its ETag."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils import timezone, translation

from crm_notify import __version__, api
from crm_notify.models import Alert, Event, Notification
from crm_notify.rules.outcome import Outcome
from crm_notify.steps.person import person
from crm_notify.views.alerts.wording import local

#: How many open alerts are read at most; more than these are only counted.
LIMIT = 50


@dataclass(frozen=True, kw_only=True)
class Open:
    """One open alert. ``again_id`` is the resend that is under way for it.

    ``version`` changes with everything that the alert's words depend on.
    """

    alert: Alert
    again_id: int | None
    version: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A person's open alerts, urgent ones first, then the newest; ``count`` is of all of them."""

    opened: Sequence[Open]
    count: int
    etag: str


def standing(user: Any) -> Standing:
    """Read what stands open for ``user``: one query, or two where there are more than LIMIT."""
    seed = _surroundings(user)
    opened = [
        Open(alert=alert, again_id=alert.again_id, version=_digest(seed, *_state(alert)))
        for alert in _query(user)
    ]
    count = len(opened) if len(opened) < LIMIT else api.open_alerts(user).count()
    etag = _digest(seed, count, *(item.version for item in opened))
    return Standing(opened=opened, count=count, etag=f'W/"{etag}"')


def _query(user: Any) -> QuerySet[Any]:
    news = Event.objects.filter(notification=OuterRef("notification")).order_by("-pk")
    again = Notification.objects.filter(
        chain=OuterRef("chain"), outcome=Outcome.IN_FLIGHT
    ).order_by("-pk")
    return (
        api.open_alerts(user)
        .select_related("notification__recipient")
        # It may be long, and the warning does not show it.
        .defer("notification__activity__text")
        .annotate(
            last_event=news.values("pk")[:1],
            again_id=again.values("pk")[:1],
            again_dispatch=again.values("dispatch")[:1],
        )
        # "urgent" comes after "normal" in the alphabet.
        .order_by("-notification__activity__urgency", "-opened_at", "-pk")[:LIMIT]
    )


def _state(alert: Any) -> tuple[object, ...]:
    notification = alert.notification
    recipient = notification.recipient
    return (
        alert.pk,
        alert.opened_at,
        alert.acknowledged_at,
        notification.pk,
        notification.outcome,
        notification.evidence,
        notification.blame,
        # The address of today, to which it would be sent again.
        person(recipient)[1] if recipient is not None else "",
        alert.last_event,
        alert.again_id,
        alert.again_dispatch,
    )


def _surroundings(user: Any) -> str:
    """All else that the words depend on: an hour of today, for one, stands without its date."""
    today = local(timezone.now()).date()
    zone = timezone.get_current_timezone_name()
    return f"{__version__} {user.pk} {translation.get_language()} {zone} {today}"


def _digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]
