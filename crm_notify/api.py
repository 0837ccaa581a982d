"""The promise to a CRM: everything that a host may call. All else may change."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet

from crm_notify.models import (
    Activity,
    Alert,
    Correction,
    Event,
    Incident,
    Installation,
    Notification,
    Suppression,
)
from crm_notify.querysets import alerts_for, history_of, lines_for, missed_by
from crm_notify.rules.near_miss import NearMiss
from crm_notify.steps import (
    answer,
    hold,
    resume,
    see,
    statement,
    subscribe,
    suppress,
    word,
)
from crm_notify.steps import correct as correction
from crm_notify.steps.allow import of_his_tenants
from crm_notify.steps.record import record
from crm_notify.steps.tracking import acting
from crm_notify.steps.word import Description

__all__ = [
    "Description",
    "acknowledge",
    "close",
    "close_incident",
    "close_intake",
    "correct",
    "count_alerts",
    "decide_correction",
    "describe",
    "hand_over",
    "history",
    "hold_intake",
    "hold_sending",
    "installation",
    "lift_suppression",
    "mark_seen",
    "missed",
    "open_alerts",
    "open_intake",
    "open_notification",
    "past_alerts",
    "record_activity",
    "release_sending",
    "resend",
    "set_wanted",
    "snooze",
    "state_told",
    "suggest",
    "suppressions",
    "untracked",
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

    Works in the caller's transaction: rolled back with it, sent after it has committed. Where that
    is one of another database than ours, it is written once that has committed, and has no primary
    key before (docs/hosts.md). The actor is never told of his own act; ``None`` stands for the
    system. ``target`` may be of any model with any kind of primary key. ``url`` defaults to the
    target's ``get_absolute_url``. A ``key`` makes it idempotent: a second call with the same one
    returns the first activity and tells nobody. ``recipients`` are users; without them the resolver
    of the settings is asked. All that comes of it belongs to ``tenant``; without one ``TENANT`` of
    the settings is asked. The number of queries does not depend on the number of recipients.

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


def untracked() -> AbstractContextManager[None]:
    """Inside ``with untracked():`` no save of a tracked model is an activity: for imports.

    It holds for this thread, or this task, alone. ``record_activity`` works as ever.
    """
    return acting.untracked()


def resend(notification: Notification, *, by: Any, address: str | None = None) -> Notification:
    """Send it again, to the recipient's address of today or to ``address``.

    Returns the new notification, or the one that is under way to that address already. Raises
    NotAllowed where ``by`` may not act on it, or gives a new address without the permission
    ``crm_notify.resend_elsewhere``; RefusedInput where the address is none, or where the recipient
    has been told.
    """
    return statement.resend(notification, by=by, address=address)


def suggest(notification: Notification) -> list[NearMiss]:
    """Which addresses may have been meant, the likeliest first, each with the reason."""
    return correction.suggest(notification)


def correct(notification: Notification, *, by: Any, address: str, why: str = "") -> Correction:
    """Put the recipient's address right: once, for his record and all that he has missed.

    With the permission ``crm_notify.resend_elsewhere`` it is done at once: the host's hook writes
    the address, its suppression is lifted, and everything undelivered to the wrong one is sent
    again, in order, each once. Without it, it is proposed to those who have it. Raises NotAllowed
    where ``by`` may not act on the notification; RefusedInput where the address is none, or the
    one that failed.
    """
    return correction.correct(notification, by=by, address=address, why=why)


def decide_correction(proposed: Correction, *, by: Any, accept: bool) -> Correction:
    """Do what somebody proposed, or refuse it; raises NotAllowed without the permission."""
    return correction.decide(proposed, by=by, accept=accept)


def suppressions(*, user: Any = None) -> QuerySet[Suppression]:
    """The addresses to which nothing goes, the latest first, each with the evidence.

    With ``user`` only those of the tenants whose rows he may see.
    """
    holding = Suppression.objects.filter(lifted_at=None).order_by("-since", "-pk")
    return holding if user is None else of_his_tenants(holding, user)


def lift_suppression(
    address: str, *, by: Any, reason: str, channel: str = "email", tenant: str = ""
) -> int:
    """Let messages go to an address again; returns how many suppressions that ends (0 or 1).

    Only in ``tenant``; without one ``TENANT`` of the settings is asked. Raises NotAllowed without
    ``crm_notify.change_suppression``, RefusedInput without a reason.
    """
    return suppress.lift_by_hand(address, tenant=tenant, by=by, reason=reason, channel=channel)


def close_incident(incident: Incident, *, by: Any, again: bool = True) -> int:
    """The cause of many failures is gone: close it, and send again what it had stopped.

    Each mail once, at most RESEND_RATE a minute; returns how many. Raises NotAllowed without
    ``crm_notify.change_incident``, RefusedInput where it is closed.
    """
    return resume.resume(incident, by=by, again=again)


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
    return answer.acknowledge(alert, by=by)


def snooze(alert: Alert, *, by: Any, until: datetime) -> Alert:
    """Put a warning off; at ``until`` everybody who was warned is asked anew.

    Raises NotAllowed, or RefusedInput where that is not in the future or too far in it.
    """
    return answer.snooze(alert, by=by, until=until)


def hand_over(alert: Alert, *, by: Any, to: Any) -> Alert:
    """Let another user deal with a warning; returns his. Raises NotAllowed, RefusedInput."""
    return answer.hand_over(alert, by=by, to=to)


def mark_seen(target: models.Model, *, user: Any) -> int:
    """The recipient himself, logged in, has opened ``target``; returns how many that settles.

    Call it from the record's page with ``request.user``; nothing else counts as seeing.
    """
    return see.mark_seen(target, user=user)


def missed(user: Any) -> QuerySet[Notification]:
    """What was meant for this user and did not reach him, newest first."""
    return missed_by(user)


def open_notification(notification: Notification, *, user: Any) -> bool:
    """He has opened the link to it; returns whether it was the recipient: only he counts."""
    return see.open_notification(notification, user=user)


def open_alerts(user: Any) -> QuerySet[Alert]:
    """The warnings that stand on this user's screen, newest first."""
    return alerts_for(user).filter(closed_at=None)


def count_alerts(user: Any) -> int:
    """How many warnings stand on this user's screen: many of one cause are folded into one."""
    return lines_for(user)


def past_alerts(user: Any) -> QuerySet[Alert]:
    """The warnings of this user that have been closed, newest first."""
    return alerts_for(user).exclude(closed_at=None)


def describe(alert: Alert) -> Description:
    """The words of a warning as whoever is warned reads it: for a bell or toast of your own.

    In the language that is active, and all of it is plain text, to be escaped in a page. It asks no
    query for an alert that one of SINKS is handed.
    """
    return word.describe(alert)


def history(target: models.Model) -> QuerySet[Activity]:
    """What was recorded on ``target``, newest first, each with its ``notifications``."""
    return history_of(target)


def set_wanted(
    user: Any,
    wanted: bool,
    *,
    target: models.Model | None = None,
    owned: bool = False,
    tenant: str = "",
) -> None:
    """Set whether ``user`` wants to be told: of ``target``, of all he owns, or of anything.

    It holds in ``tenant``; without one ``TENANT`` of the settings is asked, and what is said in
    none holds in all.
    """
    subscribe.set_wanted(user, wanted, target=target, owned=owned, tenant=tenant)


def wants(
    user: Any, *, target: models.Model | None = None, owned: bool = False, tenant: str = ""
) -> bool | None:
    """What ``user`` has said about ``target``, all he owns, or anything; None if nothing yet."""
    return subscribe.wants(user, target=target, owned=owned, tenant=tenant)


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
