"""One notification: told, in flight with a deadline, presumed by the rule, failed or closed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from crm_notify.models import Attempt, Event, Incident, Notification
from crm_notify.rules.evidence import Evidence, Kind
from crm_notify.rules.outcome import Dispatch, Outcome
from tests.promise.words import (
    BOUNCE_WINDOW,
    CONFIRMS,
    LEASE,
    LONGEST_PAUSE,
    MAIL,
    MORE_TIME,
    PROVEN_FOR,
    SHORT_SILENCE,
    SILENCE,
    UNCLEAR_FOR,
    UNKNOWN_FOR,
)

Result = Attempt.Result

OF_CALL = {Result.ACCEPTED: Evidence.HANDED_OVER, Result.REFUSED: Evidence.REFUSED}


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
    def is_mail(self) -> bool:
        return self.row.channel == MAIL

    @property
    def fails(self) -> bool:
        return self.row.outcome in {Outcome.FAILED, Outcome.UNCLEAR}

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
        return min(event.recorded_at for event in self.events if event.kind == kind)

    def stands_on_something(self, now: datetime) -> None:
        row = self.row
        assert row.evidence == self.evidence
        match Outcome(row.outcome):
            case Outcome.IN_FLIGHT:
                assert row.due_at is not None
                assert row.due_at <= self.latest(now), "nobody looks at it for too long"
                assert not self.kinds & {Kind.CLOSED, Kind.UNCONFIRMED}
            case Outcome.PRESUMED:
                assert self.is_mail, "nothing can come back of a short message"
                assert row.evidence < Evidence.UNCLEAR
                assert not CONFIRMS[self.newest.provider]
                assert self.since(Kind.PRESUMED) >= self.left_us + BOUNCE_WINDOW
                assert proven(self.newest.provider, self.presumption)
            case Outcome.UNCLEAR:
                assert Evidence(row.evidence) < Evidence.DELIVERED
                first = min(attempt.claimed_at for attempt in self.attempts)
                borne = UNCLEAR_FOR if self.is_mail else UNKNOWN_FOR
                assert self.since(Kind.UNCONFIRMED) >= first + borne
            case Outcome.FAILED:
                assert row.evidence >= Evidence.REFUSED
                assert row.blame
            case Outcome.CLOSED:
                assert Kind.CLOSED in self.kinds

    @property
    def presumption(self) -> Event:
        return next(event for event in self.events if event.kind == Kind.PRESUMED)

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
            case Dispatch.DONE if not self.is_mail:
                return self.left_us + SHORT_SILENCE
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


def proven(provider: str, presumption: Event) -> bool:
    """Had a bounce of this mailer come back, not too long before?"""
    by_it = Q(attempt__provider=provider) | Q(
        attempt=None, notification__attempts__provider=provider
    )
    return Event.objects.filter(
        by_it,
        kind__in=[Kind.BOUNCED, Kind.EXPIRED],
        recorded_at__gte=presumption.recorded_at - PROVEN_FOR,
        pk__lt=presumption.pk,
    ).exists()


def was_told_to_admins(provider: str) -> bool:
    """That this mailer has proven nothing, or that what comes in is not read."""
    unproven = Q(kind=Incident.Kind.UNPROVEN, subject=provider)
    return Incident.objects.filter(unproven | Q(kind=Incident.Kind.INTAKE)).exists()
