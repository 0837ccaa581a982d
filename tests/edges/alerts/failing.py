"""What the world says of a notification in these tests: that it bounced, or that it arrived."""

from __future__ import annotations

import itertools
from typing import Any

from django.utils import timezone

from crm_notify.models import Alert, Event, Notification
from crm_notify.rules.evidence import WEIGHT, Blame, Kind
from crm_notify.rules.outcome import Dispatch
from crm_notify.steps.settle import settle

UNKNOWN_USER = "550 5.1.1 <john@example.com>: Recipient address rejected: User unknown"

_numbers = itertools.count()


def hear(notification: Notification, kind: Kind, **given: Any) -> Event:
    """One piece of a provider's news about a notification that was handed over to it."""
    handed_over = Notification.objects.filter(pk=notification.pk, dispatch=Dispatch.QUEUED)
    handed_over.update(dispatch=Dispatch.DONE)
    event = Event.objects.create(
        **{
            "notification": notification,
            "kind": kind,
            "evidence": WEIGHT[kind],
            "provider": "sparkpost",
            "recipient": notification.address,
            "occurred_at": timezone.now(),
            "recorded_at": timezone.now(),
            "matched": Event.Matched.METADATA,
            "fingerprint": f"test {next(_numbers)}",
            **given,
        }
    )
    settle([notification.pk])
    return event


def bounce(notification: Notification, text: str = UNKNOWN_USER, **given: Any) -> Alert:
    """There is no such mailbox; returns the warning that this opens or renews."""
    given = {"code": "550", "blame": Blame.ADDRESS, **given}
    hear(notification, Kind.BOUNCED, text=text, **given)
    return Alert.objects.get(chain=notification.chain_id_or_own, closed_at=None)


def arrive(notification: Notification) -> None:
    """It is in the mailbox."""
    hear(notification, Kind.DELIVERED)
