"""Deliver: what is due is sent once, and every answer ends where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from crm_notify.models import Activity, Alert, Attempt, Notification
from crm_notify.steps.deliver import deliver

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_queued_notification_is_sent_with_its_own_envelope_sender(
    notification: Notification,
) -> None:
    assert deliver() == 1
    (message,) = mail.outbox
    attempt = Attempt.objects.get()
    assert message.to == ['"John" <john@example.com>']
    assert message.extra_headers["From"] == '"Janet Smith" <janet@crm.example>'
    assert message.from_email.endswith("@bounces.crm.example")
    assert message.extra_headers["X-CRM-Notification"] in message.from_email
    notification.refresh_from_db()
    assert (notification.dispatch, notification.outcome) == ("done", "in_flight")
    assert attempt.result == "accepted"
    assert notification.due_at is not None


def test_what_was_sent_is_not_sent_again(notification: Notification) -> None:
    deliver()
    assert deliver() == 0
    assert len(mail.outbox) == 1


def test_a_missing_address_is_a_visible_failure(
    call: Callable[..., Activity], john: Any, janet: Any
) -> None:
    john.email = ""
    john.save()
    call()
    deliver()
    row = Notification.objects.get()
    assert (row.outcome, row.blame) == ("failed", "address")
    assert Alert.objects.get().person == janet
