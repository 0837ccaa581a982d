"""What the result of an attempt means for its notification: done, later, or unknown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from crm_notify import database
from crm_notify.channels.base import MAIL
from crm_notify.conf import get_settings
from crm_notify.models import Attempt, Event, Notification
from crm_notify.querysets import lock_chains
from crm_notify.rules.outcome import Dispatch
from crm_notify.rules.retry import pause
from crm_notify.steps.park import take_up
from crm_notify.steps.settle import settle

Result = Attempt.Result


@database.atomic()
def conclude(attempts: Sequence[Attempt]) -> None:
    """Write what these ended attempts mean, take up news that was parked for them, and settle.

    Attempts whose notification was deleted meanwhile are passed over. The number of queries does
    not depend on the number of attempts.
    """
    if not attempts:
        return
    now = timezone.now()
    rows = {row.pk: row for row in lock_chains([item.notification_id for item in attempts])}
    newest = dict(
        Attempt.objects.filter(notification__in=rows)
        .values_list("notification")
        .annotate(newest=Max("pk"))
    )
    ended = [attempt for attempt in attempts if attempt.notification_id in rows]
    moved = []
    for attempt in ended:
        row = rows[attempt.notification_id]
        attempt.settled = True
        wait = pause(row.tries, _pauses(row.channel))
        if attempt.result == Result.LATER and wait is None:
            attempt.result = Result.REFUSED
        # The newest says how it goes on; the late answer of an older one is evidence only.
        if attempt.pk == newest[row.pk]:
            _move(row, Result(attempt.result), wait=wait or timedelta(0), now=now)
            moved.append(row)
    if ended:
        Attempt.objects.bulk_update(ended, ["result", "settled"])
    if moved:
        Notification.objects.bulk_update(moved, ["dispatch", "due_at", "tries"])
    # A provider may report on a message before we have written down its id.
    known = [attempt.message_id for attempt in ended if attempt.message_id]
    parked = Event.objects.filter(notification=None, message_id__in=known)
    about = take_up(list(parked.select_for_update(skip_locked=True)))
    settle({attempt.notification_id for attempt in ended} | about)


def _pauses(channel: str) -> Sequence[timedelta]:
    """Mail waits for days; by another channel the recipient's next way is not kept waiting."""
    conf = get_settings()
    if channel == MAIL:
        return conf.RETRY_PAUSES
    return [wait for wait in conf.RETRY_PAUSES if wait <= conf.CHANNEL_SILENCE_AFTER]


def _move(row: Notification, result: Attempt.Result, *, wait: timedelta, now: datetime) -> None:
    if result == Result.LATER:
        row.dispatch, row.due_at = Dispatch.QUEUED, now + wait
    elif result == Result.RELEASED:
        # Nobody was called, so it was no try.
        row.dispatch, row.due_at, row.tries = Dispatch.QUEUED, now, row.tries - 1
    elif result == Result.UNKNOWN:
        row.dispatch, row.due_at = Dispatch.UNKNOWN, now + max(wait, get_settings().UNKNOWN_WAIT)
    else:
        row.dispatch = Dispatch.DONE
