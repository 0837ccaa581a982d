"""What must hold at any moment, and what besides when a sweep has just been over everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q

from crm_notify.models import (
    Alert,
    Attempt,
    Event,
    Incident,
    Installation,
    Notification,
    Receipt,
)
from crm_notify.rules.evidence import Kind
from crm_notify.rules.outcome import Dispatch, Outcome
from tests.promise.chains import Answered, Chain, is_folded
from tests.promise.members import Member


def nothing_is_silent(
    now: datetime,
    *,
    know: Collection[int],
    answered: Collection[Answered],
    somebody_left: bool,
    in_office: bool,
) -> None:
    """Each is told, in flight with a deadline, presumed by the rule, or in front of a person.

    ``know`` are those whose recipient knows, by a person's witness; ``answered`` is what somebody
    has acknowledged or put off. Where ``somebody_left`` since the last sweep, it is the sweep's to
    find another. ``in_office`` says whether only business hours count.
    """
    for chain in chains():
        told = any(member.told for member in chain.members)
        for member in chain.members:
            assert (member.row.outcome == Outcome.TOLD) == told
            assert told or member.row.pk not in know, "what he knows he cannot unlearn"
            member.stands_on_something(now)
        chain.stands_before_somebody(
            now, answered=answered, somebody_left=somebody_left, in_office=in_office
        )
    for parked in Event.objects.filter(notification=None).exclude(message_id=""):
        about = Attempt.objects.filter(message_id=parked.message_id, provider=parked.provider)
        assert not about.filter(settled=True).exists(), "parked, though what it is about is known"


def chains() -> list[Chain]:
    found: dict[int, Chain] = defaultdict(Chain)
    rows = Notification.objects.order_by("pk").select_related("activity")
    for row in rows.prefetch_related(
        Prefetch("attempts", queryset=Attempt.objects.order_by("pk")),
        Prefetch("events", queryset=Event.objects.order_by("pk")),
    ):
        found[row.chain_id_or_own].members.append(Member(row))
    for alert in Alert.objects.filter(closed_at=None).select_related("person", "incident"):
        found[alert.chain_id].alerts.append(alert)
    return list(found.values())


@contextmanager
def the_sweeps_work(now: datetime, *, in_office: bool) -> Iterator[None]:
    """After it nothing is late but what others, whom it wakes, are to take.

    While news may lie unread nothing is sent twice, nor presumed, for want of it.
    """
    shut = Incident.objects.filter(kind="intake", subject="", closed_at=None).exists()
    unread = Receipt.objects.filter(state=Receipt.State.NEW)
    deaf = shut or unread.filter(due_at__lte=now - timedelta(minutes=1)).exists()
    unknown = list(Notification.objects.filter(dispatch=Dispatch.UNKNOWN).values_list("pk"))
    presumed = Event.objects.filter(kind=Kind.PRESUMED)
    known = presumed.count()
    yield
    late = Notification.objects.filter(outcome=Outcome.IN_FLIGHT, due_at__lte=now)
    late = late.exclude(dispatch__in=[Dispatch.QUEUED, Dispatch.SENDING])
    if deaf:
        late = late.exclude(dispatch=Dispatch.UNKNOWN)
        assert presumed.count() == known
        again = Notification.objects.filter(pk__in=[pk for (pk,) in unknown])
        assert not again.filter(dispatch=Dispatch.QUEUED).exists()
    if unread.filter(due_at__lte=now - timedelta(minutes=15)).exists():
        assert Incident.objects.filter(kind="intake", closed_at=None).exists()
    assert not late.exists(), list(late.values())
    assert not Attempt.objects.filter(settled=False, lease_until__lt=now).exists()
    overdue = Alert.objects.filter(closed_at=None, due_at__lte=now)
    assert not overdue.exists(), list(overdue.values())
    assert not Event.objects.filter(notification=None, due_at__lte=now).exists()
    for chain in chains():
        chain.goes_on(now, in_office=in_office)
    the_admins_hear(now)


def the_admins_hear(now: datetime) -> None:
    """What stands before them was in a digest, or will be in the next one, which has its time."""
    theirs = Alert.objects.filter(closed_at=None, person=None, reported_at=None, opened_at__lte=now)
    if any(not is_folded(alert) for alert in theirs.select_related("incident")):
        soon = Q(digest_due_at__gt=now)
        assert Installation.objects.filter(soon).exists(), "no digest names it"
