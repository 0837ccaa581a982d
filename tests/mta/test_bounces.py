"""What becomes of our mail out there comes back as mail, and stands at its notification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from crm_notify.models import Alert, Event, Notification
from crm_notify.steps.deliver import deliver
from tests.mta.conftest import Hear, Open
from tests.mta.postfix import HASTE
from tests.posts import token_of

pytestmark = pytest.mark.django_db(transaction=True)

#: More often than Postfix tries.
ALWAYS = 1000


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What the other side says for good, and what is to be known of it then."""

    stage: str
    reply: str
    code: str
    blame: str


REFUSALS = {
    "refused at RCPT": Refusal(
        stage="RCPT", reply="550 5.1.1 No such user here", code="5.1.1", blame="address"
    ),
    "refused after DATA": Refusal(
        stage="DATA", reply="554 5.7.1 Looks like spam", code="5.7.1", blame="content"
    ),
    "mailbox full": Refusal(
        stage="RCPT", reply="552 5.2.2 Mailbox full", code="5.2.2", blame="mailbox"
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_comes_back_to_its_notification(
    name: str, way: str, open_house: Open, notification: Notification, hear: Hear
) -> None:
    refusal, house = REFUSALS[name], open_house(way)
    house.target.answer(refusal.stage, refusal.reply)
    deliver()
    hear(house)
    event = Event.objects.get()
    assert (event.kind, event.code, event.blame) == ("bounced", refusal.code, refusal.blame)
    assert (event.matched, event.recipient) == ("address", "john@example.com")
    assert event.attempt == notification.attempts.get()
    assert_failed(notification)
    house.wait_until(lambda: not house.postfix.waiting(), "an empty queue")


def test_an_unknown_user_of_our_own_server_is_a_bounce_too(
    way: str, open_house: Open, john: Any, call: Callable[..., Any], hear: Hear
) -> None:
    house = open_house(way)
    john.email = "john@local.example"
    john.save()
    notification = call().notifications.get()
    deliver()
    hear(house)
    event = Event.objects.get()
    assert (event.kind, event.code, event.blame) == ("bounced", "5.1.1", "address")
    assert_failed(notification)


def test_what_is_put_off_until_it_is_given_up_has_failed_without_blaming_the_address(
    way: str, open_house: Open, notification: Notification, hear: Hear
) -> None:
    house = open_house(way, main={**HASTE, "maximal_queue_lifetime": "2s"})
    house.target.answer("RCPT", *["451 4.3.0 Come back later"] * ALWAYS)
    deliver()
    hear(house)
    event = Event.objects.get()
    assert (event.kind, event.code) == ("expired", "4.3.0")
    assert event.blame != "address"
    assert_failed(notification)


def test_a_delay_alarms_nobody_and_the_mail_arrives_after_all(
    way: str, open_house: Open, notification: Notification, hear: Hear
) -> None:
    house = open_house(way, main={**HASTE, "delay_warning_time": "1s"})
    house.target.answer("RCPT", *["451 4.7.1 Greylisted"] * ALWAYS)
    deliver()
    hear(house)
    event = Event.objects.get()
    assert (event.kind, event.code) == ("deferred", "4.7.1")
    assert_in_flight(notification)
    house.target.replies.clear()
    house.wait_until(lambda: bool(house.target.received), "the mail at John's")
    (received,) = house.target.received
    assert received.mail_from == f"{token_of(notification)}@bounces.crm.example"
    assert Event.objects.count() == 1
    assert_in_flight(notification)


def assert_failed(notification: Notification) -> None:
    notification.refresh_from_db()
    assert notification.outcome == "failed"
    alert = Alert.objects.get()
    assert (alert.chain, alert.person) == (notification, notification.activity.actor)


def assert_in_flight(notification: Notification) -> None:
    notification.refresh_from_db()
    assert notification.outcome == "in_flight"
    assert not Alert.objects.exists()
