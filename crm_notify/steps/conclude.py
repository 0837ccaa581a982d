"""What the result of an attempt means for its notification: done, later, or unknown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from crm_notify.conf import Settings, get_settings
from crm_notify.models import Attempt, Event, Notification
from crm_notify.rules.outcome import Dispatch
from crm_notify.rules.retry import pause
from crm_notify.steps.settle import settle

Result = Attempt.Result


@transaction.atomic
def conclude(attempts: Sequence[Attempt]) -> None:
    """Write what these ended attempts mean, take up news that was parked for them, and settle.

    The number of queries does not depend on the number of attempts.
    """
    if not attempts:
        return
    now = timezone.now()
    conf = get_settings()
    rows = {
        row.pk: row
        for row in Notification.objects.select_for_update(no_key=True)
        .filter(pk__in=[attempt.notification_id for attempt in attempts])
        .order_by("pk")
    }
    newest = dict(
        Attempt.objects.filter(notification__in=rows)
        .values_list("notification")
        .annotate(newest=Max("pk"))
    )
    for attempt in attempts:
        row = rows[attempt.notification_id]
        attempt.settled = True
        if attempt.result == Result.LATER and pause(row.tries, conf.RETRY_PAUSES) is None:
            attempt.result = Result.REFUSED
        if attempt.pk == newest[row.pk]:
            _apply(attempt, row, conf=conf, now=now)
    Attempt.objects.bulk_update(attempts, ["result", "settled"])
    Notification.objects.bulk_update(rows.values(), ["dispatch", "due_at"])
    _take_up_parked(attempts)
    settle(list(rows))


def _apply(attempt: Attempt, row: Notification, *, conf: Settings, now: datetime) -> None:
    """The newest attempt says how it goes on; the late answer of an older one is evidence only."""
    result = Result(attempt.result)
    if result in {Result.ACCEPTED, Result.REFUSED}:
        row.dispatch = Dispatch.DONE
    elif result == Result.UNKNOWN:
        row.dispatch, row.due_at = Dispatch.UNKNOWN, now + conf.UNKNOWN_WAIT
    elif result == Result.RELEASED:
        row.dispatch, row.due_at = Dispatch.QUEUED, now
    elif (wait := pause(row.tries, conf.RETRY_PAUSES)) is not None:
        row.dispatch, row.due_at = Dispatch.QUEUED, now + wait


def _take_up_parked(attempts: Sequence[Attempt]) -> None:
    """A provider may report on a message before we have written down its id."""
    by_message = {attempt.message_id: attempt for attempt in attempts if attempt.message_id}
    parked = list(
        Event.objects.select_for_update(skip_locked=True).filter(
            notification=None, message_id__in=list(by_message)
        )
    )
    taken = []
    for event in parked:
        attempt = by_message[event.message_id]
        if (
            event.provider == attempt.provider
            and event.recipient.lower() == attempt.address.lower()
        ):
            event.attempt, event.notification_id = attempt, attempt.notification_id
            event.matched, event.due_at = Event.Matched.MESSAGE_ID, None
            taken.append(event)
    if taken:
        Event.objects.bulk_update(taken, ["attempt", "notification", "matched", "due_at"])
