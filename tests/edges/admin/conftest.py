"""What stands in front of the admins, written as the steps write it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from crm_notify.models import Activity, Attempt, Event, Notification, Receipt
from crm_notify.rules.evidence import WEIGHT, Kind
from crm_notify.steps.settle import settle

NOTIFICATIONS = "/admin/crm_notify/notification/"
_numbers = count(1)


def index(model: str) -> str:
    return f"/admin/crm_notify/{model}/"


def rows(response: Any) -> list[int]:
    """The ids on the page of a list, from the top."""
    return [row.pk for row in response.context["cl"].result_list]


def receipt_of(number: int = 0, **fields: Any) -> Receipt:
    """One request that was read; ``number`` seconds from now."""
    return Receipt.objects.create(
        **{
            "provider": "sparkpost",
            "via": "tracking",
            "method": "POST",
            "body": b'{"a": "<script>alert(1)</script>"}',
            "state": Receipt.State.READ,
            "received_at": timezone.now() + timedelta(seconds=number),
            **fields,
        }
    )


def page_of(notification: Notification) -> str:
    return f"{NOTIFICATIONS}{notification.pk}/change/"


def act_on(notification: Notification, name: str) -> str:
    return f"{NOTIFICATIONS}{notification.pk}/act/{name}/"


def attempt_of(notification: Notification, **fields: Any) -> Attempt:
    """A call that the provider accepted."""
    now = timezone.now()
    Notification.objects.filter(pk=notification.pk).update(dispatch="done")
    return Attempt.objects.create(
        **{
            "notification": notification,
            "address": notification.address,
            "provider": "sparkpost",
            "result": Attempt.Result.ACCEPTED,
            "settled": True,
            "lease_until": now,
            "claimed_at": now,
            "begun_at": now,
            "ended_at": now,
            **fields,
        }
    )


def hear(attempt: Attempt, kind: Kind, **fields: Any) -> Event:
    """News about an attempt, settled."""
    event = Event.objects.create(
        **{
            "notification": attempt.notification,
            "attempt": attempt,
            "kind": kind.value,
            "evidence": WEIGHT[kind],
            "provider": "sparkpost",
            "matched": Event.Matched.METADATA,
            "recorded_at": timezone.now(),
            "fingerprint": str(next(_numbers)),
            **fields,
        }
    )
    settle([attempt.notification_id])
    return event


def bounce(notification: Notification, **fields: Any) -> Notification:
    """Send it, and let it come back."""
    unknown = {"blame": "address", "code": "5.1.1", "text": "550 5.1.1 user unknown"}
    hear(attempt_of(notification), Kind.BOUNCED, **{**unknown, **fields})
    notification.refresh_from_db()
    return notification


def parked(**fields: Any) -> Event:
    """News of a bounce that belongs to nothing, and is tried again."""
    now = timezone.now()
    return Event.objects.create(
        **{
            "kind": Kind.BOUNCED.value,
            "evidence": WEIGHT[Kind.BOUNCED],
            "blame": "address",
            "provider": "sparkpost",
            "text": "550 5.1.1 user unknown",
            "recorded_at": now,
            "due_at": now,
            "fingerprint": str(next(_numbers)),
            **fields,
        }
    )


def act(client: Client, row: Any, name: str, text: str = "") -> Any:
    """Do one act on a row's page, and read the page after it."""
    path = f"{index(row._meta.model_name)}{row.pk}/act/{name}/"
    return client.post(path, {"text": text}, follow=True)


def act_on_all(client: Client, rows: list[Any], name: str, **fields: str) -> Any:
    """Do one act on many rows from their list, once it was confirmed."""
    picked = {"action": name, "confirmed": "yes", ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    return client.post(index(rows[0]._meta.model_name), {**picked, **fields}, follow=True)


def log() -> list[tuple[str, str]]:
    """Who did what, in the admin's own words."""
    entries = LogEntry.objects.select_related("user").order_by("pk")
    return [(entry.user.get_username(), entry.change_message) for entry in entries]


@pytest.fixture
def failed(notification: Notification) -> Notification:
    """Janet's call, of which John was not told."""
    return bounce(notification)


@pytest.fixture
def failures(call: Callable[..., Activity]) -> Callable[[int], list[Notification]]:
    """Any number of calls of which John was not told."""
    return lambda number: [bounce(call().notifications.get()) for _ in range(number)]


@pytest.fixture
def admin(client: Client, alice: Any) -> Client:
    """Alice, logged in; she may do everything."""
    client.force_login(alice)
    return client


@pytest.fixture
def staff(db: None) -> Callable[..., Client]:
    """Somebody who may do what is named, and nothing else."""

    def log_in(*permissions: str) -> Client:
        user = get_user_model().objects.create_user(f"staff{next(_numbers)}", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client = Client()
        client.force_login(user)
        return client

    return log_in


def said(response: Any) -> list[str]:
    """The messages on the page that a request ends at."""
    return [str(message) for message in response.context["messages"]]
