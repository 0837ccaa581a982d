"""A small world for tests that play at random: people, a provider that obeys, workers that die."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q

from crm_notify import api
from crm_notify.channels.base import Answer
from crm_notify.channels.signing import sign
from crm_notify.conf import get_settings
from crm_notify.models import (
    Activity,
    Alert,
    Attempt,
    Event,
    Incident,
    Installation,
    Notification,
    Receipt,
)
from crm_notify.rules.evidence import Evidence
from crm_notify.rules.news import Posted
from crm_notify.rules.token import Purpose
from tests.crm.models import Customer
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost

Result = Attempt.Result

#: SparkPost's events, and what makes each mean what its name says.
NEWS: dict[str, dict[str, str]] = {
    "sent": {"type": "injection"},
    "deferred": {"type": "delay", "error_code": "451", "raw_reason": "451 4.7.1 greylisted"},
    "unclear": {"type": "bounce", "bounce_class": "60", "raw_reason": "I am away"},
    "delivered": {"type": "delivery"},
    "opened": {"type": "open"},
    "away": {"type": "out_of_band", "bounce_class": "60", "raw_reason": "I am away"},
    "rejected": {"type": "policy_rejection", "raw_reason": "550 5.7.1 suppressed"},
    "bounced": {"type": "bounce", **UNKNOWN_USER},
    "returned": {"type": "out_of_band", "bounce_class": "1", "raw_reason": "something"},
}
AWAY = (
    "From: john@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\n"
    "Message-ID: <{id}@example.com>\n\nI am away until Monday.\n"
)
NOTICE = (
    "From: MAILER-DAEMON@mx.example\nSubject: Delivery status\nMessage-ID: <{id}@mx.example>\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\n'
    "See below.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example"
    "\n\nFinal-Recipient: rfc822; john@example.com\nAction: {action}\nStatus: {status}\n\n--b--\n"
)
MAILS: dict[str, str] = {
    "away": AWAY,
    "delayed": NOTICE.replace("{action}", "delayed").replace("{status}", "4.4.1"),
    "failed": NOTICE.replace("{action}", "failed").replace("{status}", "5.1.1"),
}


class Killed(BaseException):
    """What ``kill -9`` does to a worker, as near as one process can play it."""


class StillClock(Clock):
    """It goes on only when told to, so that what was played once can be played again.

    Every look at it takes a microsecond: what comes later is later.
    """

    def __init__(self) -> None:
        super().__init__()
        self._real = lambda: datetime(2026, 1, 5, 9, tzinfo=UTC)
        #: The latest that it ever was: it can be set back.
        self.latest = self._real()

    def now(self) -> datetime:
        self.forward(microseconds=1)
        now = super().now()
        self.latest = max(now, self.latest)
        return now


class Provider:
    """A channel that answers as it is told to, and looks whether it is asked to send twice."""

    def __init__(self, provider: str) -> None:
        #: Its name; a host may change its mailer.
        self.provider = provider
        self.answers: Callable[[], str] = lambda: "accepted"
        self.spoken: list[int] = []

    @contextmanager
    def open(self) -> Iterator[Provider]:
        yield self

    def send(self, attempt: Attempt) -> Answer:
        assert not connection.in_atomic_block, "a call with a transaction open"
        self.spoken.append(attempt.pk)
        others = Attempt.objects.filter(notification=attempt.notification_id).exclude(pk=attempt.pk)
        waited = attempt.claimed_at - get_settings().UNKNOWN_WAIT
        blind = others.exclude(
            Q(result=Result.LATER)
            | Q(result=Result.RELEASED, begun_at=None)
            | Q(result=Result.UNKNOWN, begun_at__lte=waited)
        )
        assert not blind.exists(), f"sent twice: {list(blind.values())}"
        # News that comes between the claim and the call comes too late to stop it.
        known = others.filter(evidence__gt=Evidence.NONE).exclude(
            events__recorded_at__gt=attempt.claimed_at
        )
        assert not known.exists(), f"sent although the world has seen it: {list(known.values())}"
        answer = self.answers()
        if answer == "killed":
            raise Killed
        return Answer(result=Result(answer), message_id=f"id of {attempt.pk}", text=answer)


#: What a world leaves behind, in the order in which it can be deleted.
LEFT = (Installation, Incident, Alert, Event, Receipt, Attempt, Notification, Activity, Customer)


class People:
    """The users of a new world, in an empty database."""

    def __init__(self) -> None:
        for model in LEFT:
            model._base_manager.all()._raw_delete("default")
        get_user_model().objects.all().delete()
        self.janet = self._person("janet", "janet@crm.example")
        self.john = self._person("john", "john@example.com")
        self.bob = self._person("bob", "bob@example.com")
        self.alice = self._person("alice", "alice@crm.example", is_superuser=True)
        self.contoso = Customer.objects.create(name="Contoso", owner=self.john)

    @staticmethod
    def _person(name: str, address: str, **fields: Any) -> Any:
        return get_user_model().objects.create(username=name, email=address, **fields)

    def acts(self) -> Notification:
        """Janet logs a call, of which John is to be told, or Bob where John is gone."""
        janet = get_user_model().objects.filter(username="janet", is_active=True).first()
        john = get_user_model().objects.filter(username="john").first()
        activity = api.record_activity(
            actor=janet, verb="logged a call", target=self.contoso, recipients=[john or self.bob]
        )
        return activity.notifications.get()


def token(attempt: int, purpose: Purpose = Purpose.NOTIFICATION) -> str:
    return sign(attempt, purpose, get_settings())


def tracked(attempt: Attempt, kind: str, *, named: bool, number: int) -> Posted:
    """SparkPost's post about an attempt; without its token it is known by its message id only."""
    event = sparkpost(
        token(attempt.pk) if named else "",
        NEWS[kind]["type"],
        recipient=attempt.address,
        **{"transmission_id": f"id of {attempt.pk}", "event_id": str(number), **NEWS[kind]},
    )
    return _posted("tracking", json.dumps([event]).encode(), {})


def mailed(attempt: Attempt, kind: str, *, named: bool, number: int) -> Posted:
    """A mail to the Return-Path, or one that names nothing but the notification's Message-ID."""
    name = token(attempt.pk) if named else token(attempt.notification_id, Purpose.MESSAGE)
    raw = MAILS[kind].format(id=number).encode()
    return _posted("mail", raw, {"x-envelope-recipient": f"{name}@bounces.crm.example"})


def _posted(via: str, body: bytes, headers: dict[str, str]) -> Posted:
    return Posted(provider="sparkpost", via=via, method="POST", url="", headers=headers, body=body)
