"""The whole loop at an odd host; tests/flows/test_odd_host.py runs it in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from crm_notify import api
from crm_notify.exceptions import NotAllowed
from crm_notify.models import Alert, Event, Notification
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.sweep import sweep
from tests.crm.models import Customer
from tests.odd.models import Person
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> dict[str, Person]:
    return {name: Person.objects.create(login=name) for name in ("janet", "john", "bob")}


def test_the_loop_closes_at_an_odd_host(
    people: dict[str, Any], post: Callable[..., Any], client: Client, clock: Clock
) -> None:
    contoso = Customer.objects.create(name="Contoso", owner=people["john"])
    api.set_wanted(people["bob"], True, target=contoso)
    activity = api.record_activity(actor=people["janet"], verb="logged a call", target=contoso)
    notification = activity.notifications.get()
    assert (notification.recipient, notification.address) == (people["bob"], "")

    # Without an address it fails where people see it.
    deliver()
    assert api.open_alerts(people["janet"]).count() == 1
    with pytest.raises(NotAllowed):
        api.resend(notification, by=people["janet"], address="bob@example.com")
    Notification.objects.filter(pk=notification.pk).update(address="bob@example.com")
    again = api.resend(notification, by=people["janet"], address="bob@example.com")
    deliver()
    assert len(mail.outbox) == 1

    # The provider's times are in UTC, the host's are not.
    post([sparkpost(token_of(again), "delivery")])
    interpret()
    event = Event.objects.get()
    assert event.occurred_at == timezone.datetime(2025, 12, 31, 19)
    assert not api.open_alerts(people["janet"]).exists()
    post([sparkpost(token_of(again), "bounce", **UNKNOWN_USER)])
    interpret()
    alert = api.acknowledge(api.open_alerts(people["janet"]).get(), by=people["janet"])
    with pytest.raises(NotAllowed):
        api.close(again, by=people["janet"], reason="enough")

    client.force_login(people["janet"])
    assert "There is no such mailbox." in client.get("/notify/alerts/").text
    at = f"/notify/alerts/{alert.pk}"
    assert client.post(f"{at}/snooze/", {"until": "morning"}).status_code == 302
    answer = client.post(f"{at}/hand-over/", {"to": "carol"})
    assert "No active user is called “carol”." in answer.text
    assert client.post(f"{at}/correct/", {"address": "rob@example.com"}).status_code == 302
    client.logout()

    link = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    assert client.post(link.removeprefix("https://crm.example")).status_code == 200
    assert api.wants(people["bob"]) is False

    people["janet"].delete()
    assert not Alert.objects.filter(pk=alert.pk).exists()
    clock.forward(hours=1)
    sweep()
    assert Alert.objects.get(closed_at=None).person is None
    assert api.mark_seen(contoso, user=people["bob"]) == 2
    assert not Alert.objects.filter(closed_at=None).exists()
