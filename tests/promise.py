"""What the promise demands of the database at any moment, judged from its rows alone.

Nothing here asks the rules or the steps: it says a second time, in other words, what they promise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db.models import Prefetch, Q

from crm_notify.models import Alert, Attempt, Event, Incident, Notification, Receipt
from crm_notify.rules.evidence import Evidence, Kind
from crm_notify.rules.outcome import Dispatch, Outcome

Result = Attempt.Result

#: The defaults of the settings, written out: what an admin was promised.
LONGEST_PAUSE = SILENCE = timedelta(hours=24)
LEASE = timedelta(seconds=60)
UNCLEAR_FOR = timedelta(minutes=15)
BOUNCE_WINDOW = timedelta(days=5)
PROVEN_FOR = timedelta(days=30)
MORE_TIME = timedelta(days=1)
#: Of the two mailers that are played, which confirms deliveries.
CONFIRMS = {"sparkpost": True, "smtp": False}

OF_CALL = {Result.ACCEPTED: Evidence.HANDED_OVER, Result.REFUSED: Evidence.REFUSED}


#: An alert, the notification that it was about, and its outcome then.
Acknowledged: TypeAlias = tuple[int, int, str]


def nothing_is_silent(
    now: datetime,
    *,
    know: Collection[int],
    acknowledged: Collection[Acknowledged],
    somebody_left: bool,
) -> None:
    """Each is told, in flight with a deadline, presumed by the rule, or in front of a person.

    ``know`` are those whose recipient knows, by a person's witness; ``acknowledged`` is what
    somebody has acknowledged. Where ``somebody_left`` since the last
    sweep, it is the sweep's to find another.
    """
    chains: dict[int, Chain] = defaultdict(Chain)
    rows = Notification.objects.order_by("pk").prefetch_related(
        Prefetch("attempts", queryset=Attempt.objects.order_by("pk")),
        Prefetch("events", queryset=Event.objects.order_by("recorded_at", "pk")),
    )
    for row in rows:
        chains[row.chain_id_or_own].members.append(Member(row))
    for alert in Alert.objects.filter(closed_at=None).select_related("person"):
        chains[alert.chain_id].alerts.append(alert)
    for chain in chains.values():
        told = any(member.told for member in chain.members)
        for member in chain.members:
            assert (member.row.outcome == Outcome.TOLD) == told
            assert told or member.row.pk not in know, "what he knows he cannot unlearn"
            member.stands_on_something(now)
        chain.stands_before_somebody(acknowledged, somebody_left=somebody_left)
    for parked in Event.objects.filter(notification=None).exclude(message_id=""):
        about = Attempt.objects.filter(message_id=parked.message_id, provider=parked.provider)
        assert not about.filter(settled=True).exists(), "parked, though what it is about is known"


@contextmanager
def the_sweeps_work(now: datetime) -> Iterator[None]:
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
    assert not Alert.objects.filter(closed_at=None, due_at__lte=now).exists()
    assert not Event.objects.filter(notification=None, due_at__lte=now).exists()


class Member:
    """One notification, with its calls and its events, the oldest first."""

    def __init__(self, row: Notification) -> None:
        self.row = row
        self.attempts = list(row.attempts.all())
        self.events = list(row.events.all())
        self.kinds = {event.kind for event in self.events}

    @property
    def newest(self) -> Attempt:
        return self.attempts[-1]

    @property
    def told(self) -> bool:
        return self.evidence == Evidence.DELIVERED or bool(self.kinds & {Kind.SEEN, Kind.STATED})

    @property
    def held(self) -> bool:
        """Whether a worker holds it, who is to say what became of his call."""
        return any(not attempt.settled for attempt in self.attempts)

    @property
    def evidence(self) -> int:
        """Each call by the heaviest of what is known of it; then a delivery beats a failure."""
        if self.held:
            return self.row.evidence
        of_any = max((item.evidence for item in self.events if item.attempt_id is None), default=0)
        weighed = set()
        for attempt in self.attempts:
            said = [event.evidence for event in self.events if event.attempt_id == attempt.pk]
            said.append(OF_CALL.get(Result(attempt.result), Evidence.NONE))
            if attempt.begun_at is not None or max(said):
                weighed.add(max(*said, of_any))
        return 50 if 50 in weighed else max(weighed, default=of_any)

    def since(self, kind: Kind) -> datetime:
        """When the first of this kind was heard."""
        return next(event.recorded_at for event in self.events if event.kind == kind)

    def stands_on_something(self, now: datetime) -> None:
        row = self.row
        assert row.evidence == self.evidence
        match Outcome(row.outcome):
            case Outcome.IN_FLIGHT:
                assert row.due_at is not None
                assert row.due_at <= self.latest(now), "nobody looks at it for too long"
                assert not self.kinds & {Kind.CLOSED, Kind.UNCONFIRMED}
            case Outcome.PRESUMED:
                verdict = self.since(Kind.PRESUMED)
                assert row.evidence < Evidence.UNCLEAR
                assert not CONFIRMS[self.newest.provider]
                assert verdict >= self.left_us + BOUNCE_WINDOW
                assert proven(self.newest.provider, verdict)
            case Outcome.UNCLEAR:
                assert Evidence(row.evidence) < Evidence.DELIVERED
                assert self.since(Kind.UNCONFIRMED) >= self.attempts[0].claimed_at + UNCLEAR_FOR
            case Outcome.FAILED:
                assert row.evidence >= Evidence.REFUSED
                assert row.blame
            case Outcome.CLOSED:
                assert Kind.CLOSED in self.kinds

    @property
    def left_us(self) -> datetime:
        return self.newest.ended_at or self.newest.claimed_at

    def latest(self, now: datetime) -> datetime:
        """The latest time at which whoever has it next may look at it."""
        dispatch = Dispatch(self.row.dispatch)
        assert self.held == (dispatch == Dispatch.SENDING)
        assert (self.row.evidence == Evidence.NONE) or dispatch in {"done", "sending"}
        match dispatch:
            case Dispatch.QUEUED:
                return now + LONGEST_PAUSE
            case Dispatch.SENDING:
                return now + LEASE
            case Dispatch.UNKNOWN:
                assert self.newest.result == Result.UNKNOWN
                return now + LONGEST_PAUSE
            case Dispatch.DONE if self.row.evidence == Evidence.UNCLEAR:
                return self.since(Kind.UNCLEAR) + UNCLEAR_FOR
            case Dispatch.DONE if CONFIRMS[self.newest.provider]:
                return self.left_us + SILENCE
            case Dispatch.DONE if self.newest.result == Result.UNKNOWN:
                # Nobody wrote down when that call ended.
                return max(self.left_us + BOUNCE_WINDOW, now + LONGEST_PAUSE)
            case Dispatch.DONE if was_told_to_admins(self.newest.provider):
                return max(self.left_us + BOUNCE_WINDOW, now + MORE_TIME)
            case Dispatch.DONE:
                return self.left_us + BOUNCE_WINDOW
        raise AssertionError(f"in flight, but {dispatch}")


def proven(provider: str, when: datetime) -> bool:
    """Had a bounce of this mailer come back, not too long before?"""
    by_it = Q(attempt__provider=provider) | Q(
        attempt=None, notification__attempts__provider=provider
    )
    return Event.objects.filter(
        by_it,
        kind__in=[Kind.BOUNCED, Kind.EXPIRED],
        recorded_at__range=(when - PROVEN_FOR, when),
    ).exists()


def was_told_to_admins(provider: str) -> bool:
    """That this mailer has proven nothing, or that what comes in is not read."""
    unproven = Q(kind=Incident.Kind.UNPROVEN, subject=provider)
    return Incident.objects.filter(unproven | Q(kind=Incident.Kind.INTAKE)).exists()


@dataclass
class Chain:
    """A notification with its resends, and the warnings that stand about it."""

    members: list[Member] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    def stands_before_somebody(
        self, acknowledged: Collection[Acknowledged], *, somebody_left: bool
    ) -> None:
        failing = [item.row for item in self.members if item.row.outcome in {"failed", "unclear"}]
        if not failing:
            assert not self.alerts, "a warning about nothing"
            return
        standing = [item for item in self.alerts if item.person is None or item.person.is_active]
        assert somebody_left or any(
            alert.person is None or alert.acknowledged_at or alert.due_at for alert in standing
        ), "nobody knows"
        last = max(failing, key=lambda row: (row.changed_at, row.pk))
        for alert in self.alerts:
            assert alert.notification_id == last.pk, "what failed last is not what is warned of"
            seen = (alert.pk, last.pk, last.outcome) in acknowledged
            assert seen or alert.acknowledged_at is None
