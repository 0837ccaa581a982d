"""Time never decides by itself: what silence means is written down as an event of our own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from crm_notify import database
from crm_notify.channels.base import MAIL
from crm_notify.conf import get_settings
from crm_notify.models import Attempt, Event, Incident, Installation, Notification, Receipt
from crm_notify.rules.evidence import Evidence, Kind
from crm_notify.rules.outcome import Dispatch, Outcome
from crm_notify.rules.providers import PROVIDERS
from crm_notify.senders import owner
from crm_notify.steps.hold import intake
from crm_notify.steps.incident import note_incident
from crm_notify.steps.settle import settle
from crm_notify.steps.testify import Owned, verdict

#: How long a mailer that has proven nothing is waited for before it is counted again.
MORE_TIME = timedelta(days=1)
#: What has waited for longer than this to be read is a backlog, and silence means nothing.
BEHIND = timedelta(minutes=1)


@database.atomic()
def give_up(notifications: Collection[Owned], kind: Kind, *, now: datetime) -> None:
    """Write that no news came in time, and what follows from it."""
    Event.objects.bulk_create(
        [verdict(about, kind, now=now) for about in notifications], ignore_conflicts=True
    )
    settle([pk for pk, _tenant in notifications])


def deaf(now: datetime) -> bool:
    """Whether news may lie unread: the intake is shut, or what it has taken is not worked off."""
    return is_shut() or unread(now - BEHIND).exists()


def is_shut() -> bool:
    """Whether what comes in is not to be read."""
    return intake() != Installation.Intake.OPEN


def unread(before: datetime) -> QuerySet[Receipt]:
    """What should have been read before then."""
    return Receipt.objects.filter(state=Receipt.State.NEW, due_at__lte=before)


def judge(notifications: Collection[int], *, now: datetime) -> None:
    """Decide what it means that these, handed over, have been silent until their deadline.

    Silence of a mailer that confirms deliveries, or after an unclear bounce, goes to a person; so
    does that of any other channel, of which no bounce can come back.
    Where a mailer cannot confirm, it is presumed to be good only if bounces are known to come
    back, and none can lie unread; else the admins hear of that mailer, and its mails are given
    more time.
    """
    waits = deaf(now)
    unheard: list[int] = []
    verdicts: dict[Kind, list[Owned]] = defaultdict(list)
    unproven: dict[tuple[str, str], list[int]] = defaultdict(list)
    proven: dict[tuple[str, str], bool] = {}
    attempts = Attempt.objects.filter(notification__in=notifications).order_by("pk")
    providers = dict(attempts.values_list("notification", "provider"))
    rows = Notification.objects.filter(pk__in=notifications).values_list(
        "pk", "evidence", "channel", "tenant"
    )
    for pk, evidence, channel, tenant in rows.order_by("pk"):
        name = providers.get(pk, "")
        provider = PROVIDERS.get(name)
        confirms = provider is not None and provider.confirms
        if confirms or evidence == Evidence.UNCLEAR or channel != MAIL:
            verdicts[Kind.UNCONFIRMED].append((pk, tenant))
        elif waits:
            unheard.append(pk)
        else:
            mailer = name, _whose(tenant)
            if mailer not in proven:
                proven[mailer] = _has_proven(*mailer, now)
            if proven[mailer]:
                verdicts[Kind.PRESUMED].append((pk, tenant))
            else:
                unproven[mailer].append(pk)
    for kind, silent in verdicts.items():
        give_up(silent, kind, now=now)
    if unheard:
        _wait_longer(unheard, now=now)
    for (name, whose), waiting in unproven.items():
        _wait_longer(waiting, now=now)
        note_incident(Incident.Kind.UNPROVEN, subject=name, tenant=whose, count=len(waiting))


def _whose(tenant: str) -> str:
    """The tenant where his bounces come back by a way of their own; else an empty string."""
    return owner(tenant, "MAILER", "RETURN_PATH_DOMAIN")


def _has_proven(provider: str, whose: str, now: datetime) -> bool:
    """Whether a bounce of this mailer has come back within the time that counts as proof."""
    # What names only the message may be about any of its calls.
    by_it = Q(attempt__provider=provider) | Q(
        attempt=None, notification__attempts__provider=provider
    )
    bounces = Event.objects.filter(
        by_it,
        kind__in=[Kind.BOUNCED, Kind.EXPIRED],
        recorded_at__gte=now - get_settings().PROVEN_WITHIN,
    )
    if whose:
        return bounces.filter(tenant=whose).exists()
    if not get_settings().TENANT_SETTINGS:
        return bounces.exists()
    tenants = bounces.order_by().values_list("tenant", flat=True)
    return any(not _whose(one) for one in tenants.distinct())


@database.atomic()
def _wait_longer(notifications: Collection[int], *, now: datetime) -> None:
    waiting = Notification.objects.filter(
        pk__in=notifications, dispatch=Dispatch.DONE, outcome=Outcome.IN_FLIGHT
    )
    # Who is being settled just now has had news.
    free = waiting.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
    Notification.objects.filter(pk__in=list(free)).update(due_at=now + MORE_TIME)
