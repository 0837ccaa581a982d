"""Take what is due for one worker, by a conditional write with a lease."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from crm_notify import database
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.models import Attempt, Incident, Notification
from crm_notify.rules.outcome import Dispatch, Outcome
from crm_notify.senders import for_tenant, is_at_hand, of_whom
from crm_notify.steps.incident import note_incident

#: How many calls may run into their time limit before a lease runs out. A lease is renewed while
#: its batch makes progress, so it need not outlive the whole batch.
CALLS_PER_LEASE = 6
#: How long what nobody can send waits before somebody looks at it again.
PUT_OFF = timedelta(minutes=5)


def lease() -> timedelta:
    """How long a worker may be silent before what it holds is taken from it."""
    return get_settings().SEND_TIMEOUT * CALLS_PER_LEASE


def claim(*, channel: str, provider_of: Callable[[str], str], limit: int) -> list[Attempt]:
    """Return attempts for at most ``limit`` due notifications; the loser of a race gets none.

    Committed before anybody is called. ``provider_of`` says by whom a tenant's go; where it raises
    SettingsError his stay queued until PUT_OFF from now, the admins hear why, and those of others
    are claimed. Four queries, whatever the number, and however many tenants they are of.
    """
    asked: set[str] = set()
    stuck: dict[str, str] = {}
    while True:
        with database.atomic(durable=True):
            due = _due(timezone.now(), channel=channel, limit=limit)
            tenants = {tenant for _, tenant in due}
            unheard = {one for one in tenants - asked if not is_at_hand(one)}
            attempts, wrong = [], {}
            if not unheard:
                by, wrong = _by_tenant(tenants, provider_of)
                _put_off([pk for pk, tenant in due if tenant in wrong])
                attempts = _take({pk: by[tenant] for pk, tenant in due if tenant in by})
        # The host's function is asked with no transaction open: it may ask others.
        for tenant in unheard:
            with suppress(SettingsError):
                for_tenant(tenant)
        asked |= unheard
        stuck |= wrong
        if attempts or not (unheard or wrong):
            break
    _tell(stuck, channel)
    return attempts


def _due(now: datetime, *, channel: str, limit: int) -> list[tuple[int, str]]:
    """What is due, with the tenant of each, locked."""
    rows = (
        Notification.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            dispatch=Dispatch.QUEUED, outcome=Outcome.IN_FLIGHT, due_at__lte=now, channel=channel
        )
        .order_by("due_at", "pk")
        .select_related("activity")
        .only("pk", "activity__tenant")
    )
    return [(row.pk, row.activity.tenant) for row in rows[:limit]]


def _by_tenant(
    tenants: Iterable[str], provider_of: Callable[[str], str]
) -> tuple[dict[str, str], dict[str, str]]:
    """By whom the messages of these go; and of those by nobody, what is wrong."""
    by, wrong = {}, {}
    for tenant in sorted(tenants):
        try:
            by[tenant] = provider_of(tenant)
        except SettingsError as error:
            wrong[tenant] = str(error)
    return by, wrong


def _take(providers: Mapping[int, str]) -> list[Attempt]:
    """Take these locked notifications, each to be sent by this provider."""
    if not providers:
        return []
    now = timezone.now()
    won = Notification.objects.filter(pk__in=providers, dispatch=Dispatch.QUEUED).update(
        dispatch=Dispatch.SENDING, due_at=now + lease(), tries=F("tries") + 1
    )
    if won != len(providers):
        # Only without row locks: somebody was faster with some of them. Take none this time.
        database.roll_back()
        return []
    rows = Notification.objects.filter(pk__in=providers).select_related("activity", "recipient")
    attempts = [
        Attempt(
            notification=row,
            address=row.address,
            provider=providers[row.pk],
            lease_until=now + lease(),
            claimed_at=now,
        )
        # One tenant's after another, so that each mailer is called in one go.
        for row in rows.order_by("activity__tenant", "pk")
    ]
    return Attempt.objects.bulk_create(attempts)


def _put_off(notifications: Sequence[int]) -> None:
    """Leave these queued, and out of others' way for a while."""
    if notifications:
        Notification.objects.filter(pk__in=notifications, dispatch=Dispatch.QUEUED).update(
            due_at=timezone.now() + PUT_OFF
        )


def _tell(stuck: Mapping[str, str], channel: str) -> None:
    """One incident for each whose settings are wrong: the installation, or a tenant."""
    told = {of_whom(wrong, tenant): wrong for tenant, wrong in stuck.items()}
    for whose, wrong in sorted(told.items()):
        note_incident(Incident.Kind.SENDER, subject=channel, tenant=whose, sample=wrong)
