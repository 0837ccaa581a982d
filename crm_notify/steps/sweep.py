"""Find what nobody woke: what is due, leases that ran out, silence, parked news, deadlines."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm_notify import database
from crm_notify.channels.registry import channels, repeated
from crm_notify.conf import get_settings
from crm_notify.models import (
    Activity,
    Alert,
    Attempt,
    Event,
    Incident,
    Notification,
    Receipt,
    SinkCall,
)
from crm_notify.querysets import failing, lock_chains, standing_alerts
from crm_notify.queue import wake
from crm_notify.rules.evidence import Kind
from crm_notify.rules.outcome import Dispatch, Outcome
from crm_notify.scope import scope
from crm_notify.steps.alert import look_again
from crm_notify.steps.conclude import conclude
from crm_notify.steps.digest import report
from crm_notify.steps.examine import mark
from crm_notify.steps.incident import close_incident, note_incident
from crm_notify.steps.judge import deaf, give_up, is_shut, judge, unread
from crm_notify.steps.park import try_parked
from crm_notify.steps.settle import settle
from crm_notify.steps.tracking.finish import finish_later

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: How much one part takes at once; the next sweep takes the rest.
LIMIT = 500
#: How long news may lie unread before the admins hear of it.
UNREAD_FOR = timedelta(minutes=15)


def sweep(*, by: str = "crm_notify") -> list[str]:
    """Do each part once; one that fails stops no other. Returns the names of those that failed.

    Where none did it is written down that ``by`` has swept: the mark stops when something sticks.
    """
    now = timezone.now()
    failed = [part.__name__ for part in PARTS if not _did(part, now)]
    return failed if failed or _did(mark, by) else [mark.__name__]


def _did(part: Callable[[T], None], given: T) -> bool:
    try:
        with scope(None):
            part(given)
    except Exception:
        logger.exception("crm_notify: a part of the sweep failed: %s", part.__name__)
        return False
    return True


def _each(ids: Sequence[T], act: Callable[[Sequence[T]], None]) -> None:
    """Act on all of them at once; where that fails on each alone, so that one stops no other."""
    if not ids:
        return
    try:
        act(ids)
    except Exception:
        if len(ids) == 1:
            raise
        logger.exception("crm_notify: the sweep goes on one by one")
        for id in ids:
            try:
                act([id])
            except Exception:
                logger.exception("crm_notify: the sweep cannot deal with %s", id)


def find_recipients(now: datetime) -> None:
    """Whoever saved a tracked record did not come to say who is to be told of it: we do."""
    late = Activity.objects.filter(resolve_at__lte=now).order_by("resolve_at")
    finish_later(list(late.values_list("pk", flat=True)[:LIMIT]))


def end_lost_leases(now: datetime) -> None:
    """A worker that is gone leaves three things: not begun, begun (nobody knows), and ended."""
    lost = Attempt.objects.filter(settled=False, lease_until__lt=now)
    ids = list(lost.order_by("lease_until").values_list("pk", flat=True)[:LIMIT])
    _each(ids, partial(_end_leases, now=now))


@database.atomic()
def _end_leases(ids: Sequence[int], *, now: datetime) -> None:
    lost = Attempt.objects.filter(pk__in=ids, settled=False, lease_until__lt=now).order_by("pk")
    # Notifications before attempts, the order in which everybody locks.
    lock_chains(lost.values_list("notification", flat=True))
    attempts = list(lost.select_for_update(no_key=True))
    for attempt in attempts:
        if attempt.result == Attempt.Result.CLAIMED:
            attempt.result = Attempt.Result.RELEASED
        elif attempt.result == Attempt.Result.BEGUN:
            attempt.result = Attempt.Result.UNKNOWN
    conclude(attempts)


def match_parked(now: datetime) -> None:
    """News that matched nothing is tried again: it may have been faster than our own commit."""
    parked = Event.objects.filter(notification=None, due_at__lte=now).order_by("due_at")
    ids = list(parked.values_list("pk", flat=True)[:LIMIT])
    _each(ids, partial(try_parked, now=now, give_up_after=get_settings().PARKED_FOR))


def repeat_unknown(now: datetime) -> None:
    """No news came of what may or may not have gone out: mail is sent at least once.

    The repeat carries the same Message-ID, so most mail programs show the two as one. After the
    last try a person is asked; so he is at once of what goes out at most once. While the intake is
    shut, and until what it held is worked off, the news may lie unread, so nothing is repeated.
    """
    waited = Notification.objects.filter(
        dispatch=Dispatch.UNKNOWN, outcome=Outcome.IN_FLIGHT, due_at__lte=now
    ).order_by("due_at")
    may_repeat = Q(tries__lte=len(get_settings().RETRY_PAUSES), channel__in=repeated())
    given_up = waited.filter(~may_repeat).values_list("pk", "tenant")[:LIMIT]
    _each(list(given_up), partial(give_up, kind=Kind.UNCONFIRMED, now=now))
    if deaf(now):
        return
    with database.atomic():
        # Who is being settled just now has had news.
        again = waited.filter(may_repeat).select_for_update(skip_locked=True, no_key=True)
        Notification.objects.filter(pk__in=list(again.values_list("pk", flat=True)[:LIMIT])).update(
            dispatch=Dispatch.QUEUED, due_at=now
        )


def give_up_lost_channels(now: datetime) -> None:
    """By a channel that is not set up any more nothing goes out: the next way is tried."""
    waiting = Notification.objects.filter(
        dispatch=Dispatch.QUEUED, outcome=Outcome.IN_FLIGHT, due_at__lte=now
    ).exclude(channel__in=channels())
    rows = list(waiting.order_by("due_at").values_list("pk", "tenant")[:LIMIT])
    _each(rows, partial(give_up, kind=Kind.UNCONFIRMED, now=now))


def judge_silence(now: datetime) -> None:
    """What was handed over and of which nothing was heard until its deadline is judged."""
    silent = Notification.objects.filter(
        dispatch=Dispatch.DONE, outcome=Outcome.IN_FLIGHT, due_at__lte=now
    ).order_by("due_at")
    _each(list(silent.values_list("pk", flat=True)[:LIMIT]), partial(judge, now=now))


def tell_of_the_unread(now: datetime) -> None:
    """While news lies unread silence means nothing, so that somebody must know of it."""
    # Who shut the intake has told the admins already.
    late = unread(now - UNREAD_FOR).order_by("due_at").values_list("pk", flat=True)
    oldest = None if is_shut() else late.first()
    if oldest is None:
        close_incident(Incident.Kind.INTAKE, subject="unread")
    else:
        sample = f"Nobody has read receipt {oldest} yet."
        note_incident(Incident.Kind.INTAKE, subject="unread", sample=sample)


def climb_further(now: datetime) -> None:
    """Where nobody has acted in time, the next one on the ladder is asked."""
    late = Alert.objects.filter(closed_at=None, due_at__lte=now).order_by("due_at")
    chains = list(dict.fromkeys(late.values_list("chain_id", flat=True)[:LIMIT]))
    _each(chains, partial(look_again, now=now))


def warn_of_orphans(now: datetime) -> None:
    """A failure whose alert went with its person, or whose person has left, gets another."""
    orphans = (
        failing()
        .annotate(head=Coalesce("chain_id", "id"))
        .filter(~Exists(standing_alerts().filter(chain=OuterRef("head"))))
        .values_list("pk", flat=True)
    )
    _each(list(orphans[:LIMIT]), settle)


def wake_the_others(now: datetime) -> None:
    """What is due is sent, read and rung by those whose work it is."""
    due = Q(due_at__lte=now)
    if Notification.objects.filter(
        due, dispatch=Dispatch.QUEUED, outcome=Outcome.IN_FLIGHT
    ).exists():
        wake("deliver")
    if Receipt.objects.filter(due, state=Receipt.State.NEW).exists():
        wake("interpret")
    sinks = get_settings().SINKS
    if sinks and SinkCall.objects.filter(due, sink__in=sinks).exists():
        wake("ring")


#: In this order: news comes before the verdict that there was none.
PARTS: tuple[Callable[[datetime], None], ...] = (
    find_recipients,
    end_lost_leases,
    match_parked,
    repeat_unknown,
    give_up_lost_channels,
    judge_silence,
    tell_of_the_unread,
    climb_further,
    warn_of_orphans,
    report,
    wake_the_others,
)
