"""Open a warning where somebody was not told, and close it when he was."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from crm_notify.conf import get_settings
from crm_notify.models import Alert, Notification
from crm_notify.querysets import lock_chains
from crm_notify.rules.outcome import Outcome
from crm_notify.signals import alert_closed, alert_opened


def raise_or_close(
    chains: Mapping[int, Sequence[Notification]], *, turned: Collection[int], now: datetime
) -> None:
    """Bring the alerts of these locked chains in line with their notifications' outcomes.

    The acting user is warned; where he is gone or inactive, the alert stands in front of the
    admins. A later failure in a chain, and the certainty that what was not confirmed has failed,
    is news: whoever has acknowledged what he knew before is asked again. ``turned`` are those
    whose outcome has just changed.
    """
    standing: dict[int, list[Alert]] = {head: [] for head in chains}
    open_alerts = Alert.objects.filter(chain__in=chains, closed_at=None).select_related("person")
    for alert in open_alerts.order_by("pk"):
        standing[alert.chain_id].append(alert)
    opened: list[Alert] = []
    renewed: list[Alert] = []
    closed: list[Alert] = []
    for head, members in chains.items():
        failing = [item for item in members if Outcome(item.outcome).needs_a_person]
        if not failing:
            closed += _close(standing[head], members, now=now)
            continue
        last = max(failing, key=lambda item: (item.changed_at, item.pk))
        renewed += _renew(standing[head], last, turned=last.pk in turned, now=now)
        if not any(alert.person is None or alert.person.is_active for alert in standing[head]):
            opened.append(_open(head, last, now=now))
    if opened:
        Alert.objects.bulk_create(opened)
    if renewed or closed:
        Alert.objects.bulk_update(
            renewed + closed,
            ["notification", "opened_at", "due_at", "acknowledged_at", "closed_at", "closed"],
        )
    _signal(opened + renewed, closed)


@transaction.atomic
def warn_the_admins(alerts: Collection[int], *, now: datetime) -> None:
    """Let these alerts, which nobody has acknowledged in time, stand before the admins too."""
    these = Alert.objects.filter(pk__in=alerts)
    # Under the lock that settle takes: an alert that it closes meanwhile goes no further.
    lock_chains(these.values_list("chain_id", flat=True))
    late = these.filter(closed_at=None, acknowledged_at=None, due_at__lte=now).order_by("pk")
    first = {alert.chain_id: alert for alert in late.reverse()}
    known = Alert.objects.filter(chain__in=first, person=None, closed_at=None)
    for chain in known.values_list("chain_id", flat=True):
        del first[chain]
    opened = [
        Alert(chain_id=chain, notification_id=alert.notification_id, opened_at=now)
        for chain, alert in first.items()
    ]
    Alert.objects.bulk_create(opened)
    # Not those that were opened anew meanwhile, whose time has just begun.
    these.filter(due_at__lte=now).update(due_at=None)
    _signal(opened, [])


def _open(head: int, failed: Notification, *, now: datetime) -> Alert:
    actor = failed.activity.actor
    warned = actor if actor is not None and actor.is_active else None
    return Alert(
        chain_id=head,
        notification=failed,
        person=warned,
        opened_at=now,
        due_at=now + get_settings().ACKNOWLEDGE_WITHIN if warned else None,
    )


def _renew(
    alerts: list[Alert], failed: Notification, *, turned: bool, now: datetime
) -> list[Alert]:
    stale = [alert for alert in alerts if turned or alert.notification_id != failed.pk]
    due = now + get_settings().ACKNOWLEDGE_WITHIN
    for alert in stale:
        alert.notification = failed
        alert.opened_at = now
        alert.acknowledged_at = None
        if alert.person_id is not None:
            # Who has not looked at the first failure has no more time because of the second.
            alert.due_at = min(alert.due_at or due, due)
    return stale


def _close(alerts: list[Alert], members: Sequence[Notification], *, now: datetime) -> list[Alert]:
    was_told = any(item.outcome == Outcome.TOLD for item in members)
    for alert in alerts:
        alert.closed_at = now
        alert.closed = Alert.Closed.TOLD if was_told else Alert.Closed.BY_ADMIN
    return alerts


def _signal(opened: list[Alert], closed: list[Alert]) -> None:
    if not opened and not closed:
        return

    def send_alert_signals() -> None:
        for alert in opened:
            alert_opened.send_robust(sender=Alert, alert=alert)
        for alert in closed:
            alert_closed.send_robust(sender=Alert, alert=alert)

    transaction.on_commit(send_alert_signals, robust=True)
