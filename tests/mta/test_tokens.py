"""Forged and foreign tokens touch nothing, and a valid one touches one notification only."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from typing import Any

import pytest

from crm_notify.channels.signing import sign
from crm_notify.conf import get_settings
from crm_notify.models import Alert, Event, Notification, Receipt
from crm_notify.rules import token
from crm_notify.rules.token import Purpose
from crm_notify.steps.deliver import deliver
from tests.mta.conftest import Hear, Open
from tests.mta.house import House
from tests.play.news import NOTICE
from tests.posts import token_of

pytestmark = pytest.mark.django_db(transaction=True)

FAILED = NOTICE.format(id=1, to="john@example.com", action="failed", status="5.1.1")


def put_in(house: House, local: str, raw: str = FAILED) -> int:
    """Hand a mail to Postfix as a stranger does; the value is its answer to the recipient."""
    with smtplib.SMTP("127.0.0.1", house.postfix.port, timeout=60) as client:
        client.ehlo()
        client.mail("stranger@example.com")
        code, _ = client.rcpt(f"{local}@bounces.crm.example")
        if code == 250:
            client.data(raw)
        return code


def test_what_we_have_not_signed_touches_nothing(
    way: str, open_house: Open, notification: Notification
) -> None:
    house = open_house(way)
    deliver()
    house.wait_until(lambda: len(house.target.received) == 1, "the mail at John's")
    conf, name = get_settings(), token_of(notification)
    attempt = notification.attempts.get().pk
    foreign = token.make(
        id=attempt,
        purpose=Purpose.NOTIFICATION,
        key="a",
        keys=conf.RETURN_PATH_KEYS,
        installation="staging",
    )
    forged = name[:20] + ("b" if name[20] == "a" else "a") + name[21:]
    others = [forged, foreign, sign(notification.pk, Purpose.MESSAGE, conf), "postmaster"]
    codes = [put_in(house, local) for local in others]
    # Before the pipe only their shape is looked at: the first three come back to the stranger.
    assert codes == ([250, 250, 250, 550] if way == "pipe" else [550] * 4)
    house.wait_until(lambda: not house.postfix.waiting(), "an empty queue")
    returned = len(house.target.received) - 1
    assert returned == codes.count(250)
    assert not Receipt.objects.exists()
    assert_in_flight(notification)


def test_a_valid_token_touches_its_own_notification_whatever_the_mail_says(
    way: str, open_house: Open, call: Callable[..., Any], john: Any, bob: Any, hear: Hear
) -> None:
    house = open_house(way)
    bob.email = "bob@example.com"
    bob.save()
    activity = call(recipients=[john, bob])
    johns, bobs = (activity.notifications.get(recipient=who) for who in (john, bob))
    deliver()
    header = f"X-CRM-Notification: {token_of(bobs)}\n"
    returned = f"--b\nContent-Type: text/rfc822-headers\n\n{header}\n--b--"
    raw = FAILED.replace("--b--", returned).replace("john@example.com", bobs.address)
    assert put_in(house, token_of(johns), f"{header}{raw}") == 250
    hear(house)
    assert Event.objects.get().notification == johns
    johns.refresh_from_db()
    assert johns.outcome == "failed"
    bobs.refresh_from_db()
    assert bobs.outcome == "in_flight"
    assert Alert.objects.get().chain == johns


def test_a_mail_to_two_of_ours_comes_to_both(
    way: str, open_house: Open, call: Callable[..., Any], john: Any, bob: Any, hear: Hear
) -> None:
    house = open_house(way)
    activity = call(recipients=[john, bob])
    deliver()
    names = [token_of(one) for one in activity.notifications.all()]
    with smtplib.SMTP("127.0.0.1", house.postfix.port, timeout=60) as client:
        client.sendmail("", [f"{name}@bounces.crm.example" for name in names], FAILED)
    # Without its limit of one recipient a mail, Postfix hears 452 for the second, and comes again.
    hear(house, 2, flush=True)
    assert activity.notifications.filter(outcome="failed").count() == 2


def test_a_domain_that_people_share_needs_only_a_delimiter(
    open_house: Open, notification: Notification, hear: Hear, lmtp_port: int
) -> None:
    route = f"inline:{{ bounce@bounces.crm.example=lmtp:inet:127.0.0.1:{lmtp_port} }}"
    house = open_house("lmtp", main={"recipient_delimiter": "-", "transport_maps": route})
    deliver()
    assert put_in(house, token_of(notification)) == 250
    hear(house)
    assert Event.objects.get().notification == notification


def assert_in_flight(notification: Notification) -> None:
    assert not Event.objects.exists()
    assert not Alert.objects.exists()
    notification.refresh_from_db()
    assert notification.outcome == "in_flight"
