"""Three hundred real bounces at once: each arrives, at its own notification."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from crm_notify.models import Event, Notification, Receipt
from crm_notify.steps.deliver import deliver
from tests.mta.conftest import Hear, Open

pytestmark = pytest.mark.django_db(transaction=True)

MAILS = 300


@pytest.mark.parametrize("way", ["lmtp", "smtp"])
def test_all_bounces_of_a_burst_arrive_at_their_notifications(
    way: str,
    open_house: Open,
    call: Callable[..., Any],
    hear: Hear,
    crm_notify_settings: Callable[..., None],
    record_property: Callable[[str, object], None],
) -> None:
    house = open_house(way)
    crm_notify_settings(THREADS=2)
    house.target.answer("RCPT", *["550 5.1.1 No such user here"] * MAILS)
    model = get_user_model()
    people = model.objects.bulk_create(
        model(username=f"guest{number}", email=f"guest{number}@example.com")
        for number in range(MAILS)
    )
    call(recipients=people)
    begun = time.monotonic()
    assert deliver() == MAILS
    hear(house, MAILS)
    record_property("seconds", round(time.monotonic() - begun, 1))
    events = Event.objects.select_related("notification")
    assert len(events) == len({event.notification_id for event in events}) == MAILS
    for event in events:
        assert event.notification is not None
        assert event.notification.attempts.get() == event.attempt
        assert event.recipient == event.notification.address
        assert (event.kind, event.code, event.matched) == ("bounced", "5.1.1", "address")
    assert Notification.objects.filter(outcome="failed").count() == MAILS
    assert Receipt.objects.count() == MAILS
    house.wait_until(lambda: not house.postfix.waiting(), "an empty queue")
