"""A new world to play in: its people, its clock, and a host whose functions say what they like."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model

from crm_notify import api
from crm_notify.models import (
    Activity,
    Alert,
    Attempt,
    Correction,
    Event,
    Incident,
    Installation,
    Notification,
    Preference,
    Reach,
    Receipt,
    Suppression,
)
from tests.crm.models import Customer
from tests.people import Clock

#: What a world leaves behind, in the order in which it can be deleted.
LEFT = (
    Installation,
    Suppression,
    Correction,
    Alert,
    Incident,
    Event,
    Receipt,
    Attempt,
    Notification,
    Activity,
    Customer,
    Reach,
    Preference,
)


class StillClock(Clock):
    """It goes on only when told to, so that what was played once can be played again.

    Every look at it takes a microsecond: what comes later is later.
    """

    def __init__(self) -> None:
        super().__init__()
        # A Monday, when the office opens.
        self._real = lambda: datetime(2026, 1, 5, 9, tzinfo=UTC)
        #: The latest that it ever was: it can be set back.
        self.latest = self._real()

    def now(self) -> datetime:
        self.forward(microseconds=1)
        now = super().now()
        self.latest = max(now, self.latest)
        return now


class Host:
    """What the host's own functions answer; the settings name them."""

    def __init__(self) -> None:
        self.absent: set[str] = set()
        self.backup = ""
        self.is_broken = False


#: The one whose functions are asked; each play begins with another.
HOST = [Host()]


def absent(user: Any) -> bool:
    if HOST[0].is_broken:
        raise ConnectionError("The calendar does not answer.")
    return user.username in HOST[0].absent


def backup(user: Any) -> Any:
    return find(HOST[0].backup)


def find(name: str) -> Any:
    """The user of that name, or None where he is gone."""
    return get_user_model().objects.filter(username=name).first()


class People:
    """The users of a new world, in an empty database."""

    def __init__(self) -> None:
        for model in LEFT:
            model._base_manager.all()._raw_delete("default")
        get_user_model().objects.all().delete()
        HOST[0] = Host()
        self.person("janet", "janet@crm.example")
        self.john = self.person("john", "john@example.com")
        self.bob = self.person("bob", "bob@example.com")
        self.alice = self.person("alice", "alice@crm.example", is_superuser=True)
        self.contoso = Customer.objects.create(name="Contoso", owner=self.john)
        Reach.objects.create(user=self.john, channel="sms", address="+4930901820", place=0)
        # He is called the same there, as in many a chat.
        Reach.objects.create(user=self.john, channel="chat", address="john@example.com", place=1)
        Reach.objects.create(user=self.bob, channel="sms", address="+4930901821")

    @staticmethod
    def person(name: str, address: str, **fields: Any) -> Any:
        return get_user_model().objects.create(username=name, email=address, **fields)

    def acts(self, *, to: Any = None, urgency: str = "normal") -> Notification:
        """Janet logs a call, of which John is to be told, or Bob where John is gone."""
        janet = find("janet")
        activity = api.record_activity(
            actor=janet if janet is not None and janet.is_active else None,
            verb="logged a call",
            target=self.contoso,
            urgency=urgency,
            recipients=[to or find("john") or self.bob],
        )
        return activity.notifications.get()
