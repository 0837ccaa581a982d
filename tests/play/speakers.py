"""A provider and a gateway that answer as told, and look at what they are asked to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import Q

from crm_notify.channels.base import Answer
from crm_notify.conf import get_settings
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Attempt, Notification
from crm_notify.rules.evidence import Blame, Evidence
from tests.promise.once import may_be_sent

Result = Attempt.Result


class Killed(BaseException):
    """What ``kill -9`` does to a worker, as near as one process can play it."""


#: What a provider may refuse a mail for, beside no reason at all.
REFUSALS = {"no such user": Blame.ADDRESS, "our sender": Blame.SENDER}


class Provider:
    """A mailer that looks whether it is asked to send twice, or in vain."""

    def __init__(self, provider: str) -> None:
        #: Its name; a host may change its mailer.
        self.provider = provider
        self.answers: Callable[[], str] = lambda: "accepted"
        self.spoken: list[int] = []

    def provider_of(self, tenant: str) -> str:
        return self.provider

    @contextmanager
    def open(self) -> Iterator[Provider]:
        yield self

    def send(self, attempt: Attempt) -> Answer:
        assert not connection.in_atomic_block, "a call with a transaction open"
        self.spoken.append(attempt.pk)
        may_be_sent(attempt)
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
        if answer in REFUSALS:
            return Answer(result=Result.REFUSED, text=answer, blame=REFUSALS[answer])
        return Answer(result=Result(answer), message_id=f"id of {attempt.pk}", text=answer)


class Gateway:
    """What carries short messages: whoever has had one at a number must not have it again."""

    def __init__(self) -> None:
        self.answers: Callable[[], str] = lambda: "accepted"
        #: The act and the number of each message that went out, or may have.
        self.out: set[tuple[int, str]] = set()
        self.spoken: list[int] = []

    def take(self, to: str, notification: Notification) -> None:
        assert not connection.in_atomic_block, "a call with a transaction open"
        message = notification.activity_id, to
        assert message not in self.out, "a short message went out twice"
        attempt = notification.attempts.latest("pk")
        self.spoken.append(attempt.pk)
        may_be_sent(attempt)
        answer = self.answers()
        if answer == "later":
            raise ConnectionRefusedError
        if answer in {"refused", *REFUSALS}:
            raise RefusedInput("There is no such number.")
        self.out.add(message)
        if answer == "killed":
            raise Killed
        if answer == "unknown":
            raise TimeoutError


class Phone:
    """The class of a host that speaks to the gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def send(self, to: str, text: str, notification: Notification) -> None:
        self._gateway.take(to, notification)
