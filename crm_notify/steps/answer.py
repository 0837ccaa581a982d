"""What somebody who was warned says: I do it, later, or let him do it. Only evidence closes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm_notify import database
from crm_notify.conf import get_settings
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Alert
from crm_notify.querysets import lock_chains
from crm_notify.rules.ladder import Role
from crm_notify.signals import alert_closed, alert_opened, escalated
from crm_notify.steps.allow import has, is_somebody
from crm_notify.steps.hint import hint


def acknowledge(alert: Alert, *, by: Any) -> Alert:
    """Stop the clock of this alert, for as long as an acknowledgement holds."""
    _own(alert, by)
    now = timezone.now()
    Alert.objects.filter(pk=alert.pk, acknowledged_at=None, closed_at=None).update(
        acknowledged_at=now, snoozed_until=None, due_at=now + get_settings().AGAIN_AFTER
    )
    hint([alert.person_id])
    alert.refresh_from_db()
    return alert


def snooze(alert: Alert, *, by: Any, until: datetime) -> Alert:
    """Put the clock off until then; at that moment everybody is asked anew.

    Raises RefusedInput where that is not later than now, or later than an acknowledgement holds.
    """
    _own(alert, by)
    now = timezone.now()
    if not now < until <= now + get_settings().AGAIN_AFTER:
        raise RefusedInput(_("A warning can be put off for a while, and not for longer than that."))
    Alert.objects.filter(pk=alert.pk, closed_at=None).update(
        snoozed_until=until, acknowledged_at=None, due_at=until
    )
    hint([alert.person_id])
    alert.refresh_from_db()
    return alert


@database.atomic()
def hand_over(alert: Alert, *, by: Any, to: Any) -> Alert:
    """Let ``to`` deal with it; the clock begins anew for him.

    Returns his alert. Raises NotAllowed where the alert is somebody else's, RefusedInput where
    ``to`` is no active user or is warned already.
    """
    _own(alert, by)
    if not is_somebody(to):
        raise RefusedInput(_("It can be handed over to an active user only."))
    lock_chains([alert.chain_id])
    now = timezone.now()
    standing = Alert.objects.filter(chain=alert.chain_id, closed_at=None)
    if standing.filter(person=to).exists():
        raise RefusedInput(_("He has been warned of it already."))
    if not standing.filter(pk=alert.pk).update(closed_at=now, closed=Alert.Closed.HANDED):
        raise RefusedInput(_("This warning is closed."))
    alert.refresh_from_db()
    handed = Alert.objects.create(
        chain_id=alert.chain_id,
        notification_id=alert.notification_id,
        person=to,
        role=Role.HANDED,
        cause=alert.cause,
        # It is sent again with the others when their incident is closed.
        incident_id=alert.incident_id,
        opened_at=now,
        counts_from=now,
        # Looked at again at once by the sweep, which knows the ladder.
        due_at=now,
    )
    hint([alert.person_id, handed.person_id])

    def send_handed_signals() -> None:
        alert_closed.send_robust(sender=Alert, alert=alert)
        alert_opened.send_robust(sender=Alert, alert=handed)
        escalated.send_robust(sender=Alert, alert=handed)

    database.on_commit(send_handed_signals)
    return handed


def _own(alert: Alert, by: Any) -> None:
    own = is_somebody(by) and alert.person_id == by.pk
    if not (own or has(by, "change_notification")):
        raise NotAllowed(_("This warning is somebody else's."))
