"""How the world lets a notification fail in these tests, and before whom it then stands."""

from __future__ import annotations

from typing import Any

from crm_notify.models import Alert, Notification
from crm_notify.rules.evidence import Blame, Kind
from crm_notify.steps.hear import Matched
from tests.edges.alerts.failing import arrive, hear

__all__ = ["arrive", "fail", "find_dead", "hear", "standing"]


def fail(notification: Notification, **given: Any) -> Notification:
    """His mailbox is full: a failure that nobody else shares."""
    said = {"code": "552", "text": "552 5.2.2 mailbox full", "blame": Blame.MAILBOX}
    hear(notification, Kind.BOUNCED, **{**said, **given})
    notification.refresh_from_db()
    return notification


def find_dead(
    notification: Notification, matched: Matched = Matched.METADATA, **given: Any
) -> None:
    """There is no such mailbox, as a webhook says, or a bounce mail where ``matched`` says so."""
    said = {"code": "550", "text": "550 5.1.1 user unknown", "blame": Blame.ADDRESS}
    hear(notification, Kind.BOUNCED, **{**said, "matched": matched, **given})
    notification.refresh_from_db()


def standing() -> list[str]:
    """Who is warned now and as what, in the order in which he was asked."""
    alerts = Alert.objects.filter(closed_at=None).select_related("person").order_by("pk")
    return [f"{alert.role} {alert.person or ''}".strip() for alert in alerts]
