"""Tell the host, after commit, what has become of its notifications."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.dispatch import Signal

from crm_notify import database
from crm_notify.models import Notification
from crm_notify.models.tenant import OfTenant
from crm_notify.rules.outcome import Outcome
from crm_notify.scope import scope
from crm_notify.signals import notification_failed, notification_told

logger = logging.getLogger(__name__)


def announce(turned: Sequence[Notification]) -> None:
    """Send the outward signals for notifications whose outcome has just changed."""
    if not turned:
        return

    def send_outcome_signals() -> None:
        for notification in turned:
            outcome = Outcome(notification.outcome)
            if outcome == Outcome.TOLD:
                send(notification_told, notification=notification)
            elif outcome.needs_a_person:
                send(notification_failed, notification=notification)

    database.on_commit(send_outcome_signals)


def send(signal: Signal, **news: OfTenant) -> None:
    """Send one row to whoever listens, in its tenant; what ails the host's scope stops no other."""
    ((_name, row),) = news.items()
    try:
        with scope(row.tenant):
            signal.send_robust(sender=type(row), **news)
    except Exception:
        logger.exception("crm_notify could not enter the tenant of %r", row)
