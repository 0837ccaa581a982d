"""Take what is due for one worker, by a conditional write with a lease."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from crm_notify import database
from crm_notify.conf import get_settings
from crm_notify.models import Attempt, Notification
from crm_notify.rules.outcome import Dispatch, Outcome

#: How many calls may run into their time limit before a lease runs out. A lease is renewed while
#: its batch makes progress, so it need not outlive the whole batch.
CALLS_PER_LEASE = 6


def lease() -> timedelta:
    """How long a worker may be silent before what it holds is taken from it."""
    return get_settings().SEND_TIMEOUT * CALLS_PER_LEASE


def claim(*, channel: str, provider: str, limit: int) -> list[Attempt]:
    """Return attempts for at most ``limit`` due notifications; the loser of a race gets none.

    Committed before anybody is called. Four queries, whatever the number.
    """
    now = timezone.now()
    with database.atomic(durable=True):
        due = _due(now, channel=channel, limit=limit)
        won = Notification.objects.filter(pk__in=due, dispatch=Dispatch.QUEUED).update(
            dispatch=Dispatch.SENDING, due_at=now + lease(), tries=F("tries") + 1
        )
        if won != len(due):
            # Only without row locks: somebody was faster with some of them. Take none this time.
            database.roll_back()
            return []
        rows = Notification.objects.filter(pk__in=due).select_related("activity", "recipient")
        attempts = [
            Attempt(
                notification=row,
                address=row.address,
                provider=provider,
                lease_until=now + lease(),
                claimed_at=now,
            )
            for row in rows.order_by("pk")
        ]
        return Attempt.objects.bulk_create(attempts)


def _due(now: datetime, *, channel: str, limit: int) -> list[int]:
    rows = (
        Notification.objects.select_for_update(skip_locked=True)
        .filter(
            dispatch=Dispatch.QUEUED, outcome=Outcome.IN_FLIGHT, due_at__lte=now, channel=channel
        )
        .order_by("due_at", "pk")
    )
    return list(rows.values_list("pk", flat=True)[:limit])
