"""The promise to a CRM: everything that a host may call. All else may change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import QuerySet

from crm_notify.models import Activity, Alert, Event, Installation, Notification
from crm_notify.querysets import alerts_for, history_of
from crm_notify.steps import hold, statement, subscribe
from crm_notify.steps.record import record

__all__ = [
    "acknowledge",
    "close",
    "close_intake",
    "history",
    "hold_intake",
    "hold_sending",
    "installation",
    "mark_seen",
    "open_alerts",
    "open_intake",
    "past_alerts",
    "record_activity",
    "release_sending",
    "resend",
    "set_wanted",
    "state_told",
    "wants",
]


def record_activity(
    *,
    actor: Any,
    verb: str,
    target: models.Model,
    text: str = "",
    url: str = "",
    urgency: str = "normal",
    key: str | None = None,
    recipients: Iterable[Any] | None = None,
    tenant: str = "",
) -> Activity:
    """Record what ``actor`` did to ``target``, and queue a notification for each recipient.

    Works in the caller's transaction: rolled back with it, sent after it has committed. The actor
    is never told of his own act; ``None`` stands for the system. ``target`` may be of any model
    with any kind of primary key. ``url`` defaults to the target's ``get_absolute_url``. A ``key``
    makes it idempotent: a second call with the same one returns the first activity and tells
    nobody. ``recipients`` are users; without them the resolver of the settings is asked. The number
    of queries does not depend on the number of recipients.

    Raises RefusedInput where an argument cannot be used; a broker that is down raises nothing.
    """
    return record(
        actor=actor,
        verb=verb,
        target=target,
        text=text,
        url=url,
        urgency=urgency,
        key=key,
        recipients=recipients,
        tenant=tenant,
    )


def resend(notification: Notification, *, by: Any, address: str | None = None) -> Notification:
    """Send it again, to the recipient's address of today or to ``address``.

    Returns the new notification, or the one that is under way to that address already. Raises
    NotAllowed where ``by`` may not act on it, or gives a new address without the permission
    ``crm_notify.resend_elsewhere``; RefusedInput where the address is none, or where the recipient
    has been told.
    """
    return statement.resend(notification, by=by, address=address)


def state_told(notification: Notification, *, by: Any, how: str) -> Event:
    """State on record how the recipient was told ("I phoned him"); that closes the alerts.

    Raises NotAllowed, or RefusedInput where ``how`` is empty.
    """
    return statement.state_told(notification, by=by, how=how)


def close(notification: Notification, *, by: Any, reason: str) -> Event:
    """Close a failure that nobody will mend.

    Raises NotAllowed without ``crm_notify.change_notification``, RefusedInput without a reason or
    where nothing has failed.
    """
    return statement.close(notification, by=by, reason=reason)


def acknowledge(alert: Alert, *, by: Any) -> Alert:
    """Say that the warning was seen: the clock stops, the alert stays. Raises NotAllowed."""
    return statement.acknowledge(alert, by=by)


def mark_seen(target: models.Model, *, user: Any) -> int:
    """The recipient himself, logged in, has opened ``target``; returns how many that settles.

    Call it from the record's page with ``request.user``; nothing else counts as seeing.
    """
    return statement.mark_seen(target, user=user)


def open_alerts(user: Any) -> QuerySet[Alert]:
    """The warnings that stand on this user's screen, newest first."""
    return alerts_for(user).filter(closed_at=None)


def past_alerts(user: Any) -> QuerySet[Alert]:
    """The warnings of this user that have been closed, newest first."""
    return alerts_for(user).exclude(closed_at=None)


def history(target: models.Model) -> QuerySet[Activity]:
    """What was recorded on ``target``, newest first, each with its ``notifications``."""
    return history_of(target)


def set_wanted(
    user: Any, wanted: bool, *, target: models.Model | None = None, owned: bool = False
) -> None:
    """Set whether ``user`` wants to be told: of ``target``, of all he owns, or of anything."""
    subscribe.set_wanted(user, wanted, target=target, owned=owned)


def wants(user: Any, *, target: models.Model | None = None, owned: bool = False) -> bool | None:
    """What ``user`` has said about ``target``, all he owns, or anything; None if nothing yet."""
    return subscribe.wants(user, target=target, owned=owned)


def hold_sending(*, by: str, reason: str) -> Installation:
    """Hold all sending until it is released; what is queued stays queued.

    Raises RefusedInput without a reason.
    """
    return hold.hold(by=by, reason=reason)


def release_sending(*, by: str) -> Installation:
    """Let mail go again, and state that the database belongs to this installation."""
    return hold.release(by=by)


def hold_intake(*, by: str, reason: str) -> Installation:
    """Store what comes in without reading it, until the intake is opened again.

    Providers and mail servers have their answer as ever. While it is held nothing is repeated or
    given up for want of news. Raises RefusedInput without a reason.
    """
    return hold.set_intake(Installation.Intake.HELD, by=by, reason=reason)


def close_intake(*, by: str, reason: str) -> Installation:
    """Send away what comes in, so that providers and mail servers come again with it.

    They do so for some hours only; what each does is in docs/providers.md. Raises RefusedInput
    without a reason.
    """
    return hold.set_intake(Installation.Intake.CLOSED, by=by, reason=reason)


def open_intake(*, by: str) -> Installation:
    """Read what comes in, beginning with what was held, in the order in which it came."""
    return hold.set_intake(Installation.Intake.OPEN, by=by)


def installation() -> Installation:
    """Which installation the database belongs to, whether it sends, and whether it listens."""
    return hold.installation()
