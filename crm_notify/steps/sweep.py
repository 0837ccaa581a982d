"""Find what nobody woke: what is due, leases that ran out, silence, parked news, deadlines."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm_notify.conf import get_settings
from crm_notify.models import Alert, Attempt, Event, Incident, Notification, Receipt
from crm_notify.querysets import failing
from crm_notify.queue import wake
from crm_notify.rules.evidence import Evidence, Kind
from crm_notify.rules.outcome import Dispatch, Outcome
from crm_notify.rules.providers import PROVIDERS
from crm_notify.steps.conclude import conclude
from crm_notify.steps.incident import note_incident
from crm_notify.steps.note import fingerprint, try_parked
from crm_notify.steps.settle import settle

logger = logging.getLogger(__name__)

#: How much one part takes at once; the next sweep takes the rest.
LIMIT = 500
#: How long a mailer that has proven nothing is waited for before it is counted again.
MORE_TIME = timedelta(days=1)


def sweep() -> None:
    """Do each part once; one that fails stops no other."""
    now = timezone.now()
    for part in PARTS:
        try:
            part(now)
        except Exception:
            logger.exception("crm_notify: a part of the sweep failed: %s", part.__name__)


def end_lost_leases(now: datetime) -> None:
    """A worker that is gone leaves three things: not begun, begun (nobody knows), and ended."""
    lost = Attempt.objects.filter(settled=False, lease_until__lt=now).order_by("pk")
    with transaction.atomic():
        found = list(lost.values_list("pk", "notification")[:LIMIT])
        # Notifications before attempts, the order in which everybody locks.
        rows = Notification.objects.filter(pk__in=[row for _, row in found]).order_by("pk")
        list(rows.select_for_update(no_key=True).values_list("pk"))
        attempts = list(lost.filter(pk__in=[pk for pk, _ in found]).select_for_update())
        for attempt in attempts:
            if attempt.result == Attempt.Result.CLAIMED:
                attempt.result = Attempt.Result.RELEASED
            elif attempt.result == Attempt.Result.BEGUN:
                attempt.result = Attempt.Result.UNKNOWN
        conclude(attempts)


def repeat_unknown(now: datetime) -> None:
    """No news came of what may or may not have gone out: mail is sent at least once.

    The repeat carries the same Message-ID, so most mail programs show the two as one.
    """
    Notification.objects.filter(
        dispatch=Dispatch.UNKNOWN, outcome=Outcome.IN_FLIGHT, due_at__lte=now
    ).update(dispatch=Dispatch.QUEUED, due_at=now)


def judge_silence(now: datetime) -> None:
    """Time never decides by itself: what the silence means is written down as an event."""
    silent = Notification.objects.filter(
        dispatch=Dispatch.DONE, outcome=Outcome.IN_FLIGHT, due_at__lte=now
    ).order_by("due_at")[:LIMIT]
    verdicts: list[Event] = []
    unproven: dict[str, list[int]] = defaultdict(list)
    proven: dict[str, bool] = {}
    providers = _providers_of([row.pk for row in silent])
    for row in silent:
        name = providers.get(row.pk, "")
        provider = PROVIDERS.get(name)
        confirms = provider is not None and provider.confirms
        if confirms or row.evidence == Evidence.UNCLEAR:
            verdicts.append(_verdict(row, Kind.UNCONFIRMED, now=now))
        elif proven.setdefault(name, _has_proven(name, now)):
            verdicts.append(_verdict(row, Kind.PRESUMED, now=now))
        else:
            unproven[name].append(row.pk)
    with transaction.atomic():
        Event.objects.bulk_create(verdicts, ignore_conflicts=True)
        settle([verdict.notification_id for verdict in verdicts if verdict.notification_id])
        for name, ids in unproven.items():
            Notification.objects.filter(pk__in=ids).update(due_at=now + MORE_TIME)
            note_incident(Incident.Kind.UNPROVEN, subject=name, count=len(ids))


def _providers_of(notifications: list[int]) -> dict[int, str]:
    attempts = Attempt.objects.filter(notification__in=notifications).order_by("pk")
    return dict(attempts.values_list("notification", "provider"))


def _has_proven(provider: str, now: datetime) -> bool:
    """Whether a bounce of this mailer has come back within the time that counts as proof."""
    return Event.objects.filter(
        kind=Kind.BOUNCED,
        attempt__provider=provider,
        recorded_at__gte=now - get_settings().PROVEN_WITHIN,
    ).exists()


def _verdict(row: Notification, kind: Kind, *, now: datetime) -> Event:
    return Event(
        notification=row,
        kind=kind,
        matched=Event.Matched.OWN,
        occurred_at=now,
        recorded_at=now,
        fingerprint=fingerprint("own", kind, str(row.pk)),
    )


def match_parked(now: datetime) -> None:
    """News that matched nothing is tried again: it may have been faster than our own commit."""
    try_parked(now, limit=LIMIT, give_up_after=get_settings().PARKED_FOR)


def warn_the_admins(now: datetime) -> None:
    """What was not acknowledged in time stands in front of the admins too."""
    with transaction.atomic():
        late = list(
            Alert.objects.select_for_update(skip_locked=True)
            .filter(closed_at=None, acknowledged_at=None, due_at__lte=now)
            .order_by("pk")[:LIMIT]
        )
        known = set(
            Alert.objects.filter(
                chain__in=[alert.chain_id for alert in late], person=None, closed_at=None
            ).values_list("chain", flat=True)
        )
        first = {alert.chain_id: alert for alert in reversed(late) if alert.chain_id not in known}
        Alert.objects.bulk_create(
            [
                Alert(chain_id=chain, notification_id=alert.notification_id, opened_at=now)
                for chain, alert in first.items()
            ]
        )
        Alert.objects.filter(pk__in=[alert.pk for alert in late]).update(due_at=None)


def warn_of_orphans(now: datetime) -> None:
    """A failure whose alert went with its deleted person gets another."""
    standing = Alert.objects.filter(chain=OuterRef("head"), closed_at=None)
    orphans = (
        failing()
        .annotate(head=Coalesce("chain_id", "id"))
        .filter(~Exists(standing))
        .values_list("pk", flat=True)
    )
    settle(list(orphans[:LIMIT]))


def wake_the_others(now: datetime) -> None:
    """What is due is sent and read by those whose work it is."""
    due = Q(due_at__lte=now)
    if Notification.objects.filter(
        due, dispatch=Dispatch.QUEUED, outcome=Outcome.IN_FLIGHT
    ).exists():
        wake("deliver")
    if Receipt.objects.filter(due, state=Receipt.State.NEW).exists():
        wake("interpret")


#: In this order: news comes before the verdict that there was none.
PARTS: tuple[Callable[[datetime], None], ...] = (
    end_lost_leases,
    match_parked,
    repeat_unknown,
    judge_silence,
    warn_the_admins,
    warn_of_orphans,
    wake_the_others,
)
