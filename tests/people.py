"""Who appears in the tests, and the wires between them: fixtures for every folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from crm_notify import api
from crm_notify.models import Activity, Notification
from tests.crm.models import Customer


class Clock:
    """The clock of everything that asks ``timezone.now``; it goes on by itself when told to."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)
        self._real = timezone.now

    def now(self) -> datetime:
        return self._real() + self._ahead

    def forward(self, **by: float) -> None:
        self._ahead += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Move the time: ``clock.forward(hours=4)``."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


def _user(name: str, **fields: Any) -> Any:
    return get_user_model().objects.create_user(
        name.lower(), f"{name.lower()}@crm.example", "secret", first_name=name, **fields
    )


@pytest.fixture
def janet(db: None) -> Any:
    """She acts."""
    return _user("Janet", last_name="Smith")


@pytest.fixture
def john(db: None) -> Any:
    """He is to be told; his address is really jon@."""
    john = _user("John")
    john.email = "john@example.com"
    john.save()
    return john


@pytest.fixture
def bob(db: None) -> Any:
    """Janet's colleague, whose business it is not."""
    return _user("Bob")


@pytest.fixture
def alice(db: None) -> Any:
    """The admin."""
    return _user("Alice", is_staff=True, is_superuser=True)


@pytest.fixture
def contoso(john: Any) -> Customer:
    """John's customer."""
    return Customer.objects.create(name="Contoso", owner=john)


@pytest.fixture
def call(janet: Any, john: Any, contoso: Customer) -> Callable[..., Activity]:
    """Janet logs a call on Contoso, of which John is to be told."""

    def log(**given: Any) -> Activity:
        return api.record_activity(
            **{
                "actor": janet,
                "verb": "logged a call",
                "target": contoso,
                "text": "They are ready to close today.",
                "recipients": [john],
                **given,
            }
        )

    return log


@pytest.fixture
def notification(call: Callable[..., Activity]) -> Notification:
    """The one notification about Janet's call, still queued."""
    return call().notifications.get()


@pytest.fixture
def crm_notify_settings(settings: Any) -> Callable[..., None]:
    """Change some of CRM_NOTIFY for one test."""

    def change(**given: Any) -> None:
        settings.CRM_NOTIFY = {**settings.CRM_NOTIFY, **given}

    return change
