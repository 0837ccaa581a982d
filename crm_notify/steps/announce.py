"""Tell the host, after commit, what has become of its notifications."""

from __future__ import annotations

from collections.abc import Sequence

from crm_notify import database
from crm_notify.models import Notification
from crm_notify.rules.outcome import Outcome
from crm_notify.signals import notification_failed, notification_told


def announce(turned: Sequence[Notification]) -> None:
    """Send the outward signals for notifications whose outcome has just changed."""
    if not turned:
        return

    def send_outcome_signals() -> None:
        for notification in turned:
            outcome = Outcome(notification.outcome)
            if outcome == Outcome.TOLD:
                notification_told.send_robust(sender=Notification, notification=notification)
            elif outcome.needs_a_person:
                notification_failed.send_robust(sender=Notification, notification=notification)

    database.on_commit(send_outcome_signals)
