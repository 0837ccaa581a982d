"""Interpret: a receipt that cannot be read waits for a person and is never dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as sent
from django.db import DatabaseError

from crm_notify.models import Alert, Event, Incident, Notification, Receipt
from crm_notify.rules.news import Posted
from crm_notify.steps import interpret as module
from crm_notify.steps import read as read_step
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.mend import try_again
from crm_notify.steps.receive import receive
from crm_notify.steps.sweep import sweep
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]


def test_a_receipt_that_kills_its_reader_is_tried_again_and_then_waits(
    notification: Notification, post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    good, broken = read_step.parse, lambda posted: 1 / 0
    monkeypatch.setattr(read_step, "parse", broken)
    for _ in range(module.TRIES):
        assert interpret() == 1
        assert interpret() == 0
        clock.forward(hours=1)
    receipt = Receipt.objects.get()
    assert (receipt.state, receipt.error) == ("failed", "ZeroDivisionError: division by zero")
    assert Incident.objects.get().kind == "unreadable"
    assert interpret() == 0

    monkeypatch.setattr(read_step, "parse", good)
    assert try_again([receipt.pk]) == 1
    assert interpret() == 1
    notification.refresh_from_db()
    assert notification.outcome == "failed"
    assert try_again([receipt.pk]) == 0


def test_a_reader_that_died_is_followed_by_another(
    notification: Notification, post: Post, clock: Clock
) -> None:
    deliver()
    post([sparkpost(token_of(notification), "delivery")])
    assert module._claim() is not None
    assert interpret() == 0
    clock.forward(minutes=6)
    assert interpret() == 1


def test_a_receipt_whose_readers_all_die_waits_for_a_person(
    notification: Notification, post: Post, clock: Clock
) -> None:
    """No exception is seen of a reader that runs out of memory."""
    post([sparkpost("", "delivery")])
    for _ in range(module.TRIES):
        assert module._claim() is not None
        clock.forward(minutes=6)
    assert interpret() == 1
    receipt = Receipt.objects.get()
    assert (receipt.state, receipt.due_at) == ("failed", None)
    assert Incident.objects.get().kind == "unreadable"
    assert interpret() == 0


def test_what_fails_at_the_last_moment_is_read_again(
    notification: Notification, post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver()
    bounce = sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)
    post([bounce, {"msys": {"a": {}, "b": {}}}])
    with monkeypatch.context() as patch:

        def broken(*args: Any, **kwargs: Any) -> None:
            raise DatabaseError("gone")

        patch.setattr(read_step, "note_incident", broken)
        assert interpret() == 1
    receipt = Receipt.objects.get()
    assert (receipt.state, receipt.new, receipt.read_at) == ("new", 0, None)
    assert not Event.objects.exists()
    clock.forward(minutes=2)
    assert interpret() == 1
    receipt.refresh_from_db()
    assert (receipt.state, receipt.new) == ("failed", 1)
    notification.refresh_from_db()
    assert notification.outcome == "failed"


def test_a_claim_that_was_lost_takes_nothing(
    notification: Notification, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post([sparkpost("", "delivery")])
    query = type(Receipt.objects.all())
    first = query.first

    def meanwhile_taken(self: Any) -> Any:
        found = first(self)
        Receipt.objects.update(tries=1)
        return found

    monkeypatch.setattr(query, "first", meanwhile_taken)
    assert module._claim() is None


def mail(raw: str, recipient: str) -> None:
    receive(
        Posted(
            provider="smtp",
            via="mail",
            method="",
            url="",
            headers={"x-envelope-recipient": recipient},
            body=raw.encode(),
        )
    )
    interpret()


AWAY = (
    "From: john@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\n"
    "Message-ID: <2@example.com>\n\nI am away until Monday.\n"
)
DELAYED = (
    "From: MAILER-DAEMON@mx.example\nSubject: Delayed Mail\nMessage-ID: <3@mx.example>\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\n'
    "Still trying.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example"
    "\n\nFinal-Recipient: rfc822; john@example.com\nAction: {action}\nStatus: 4.4.1\n\n--b--\n"
)

RIDDLE = (
    "From: MAILER-DAEMON@mx.example\nSubject: Notice\nMessage-ID: <4@mx.example>\n\n"
    "Concerning your mail.\n"
)


@pytest.mark.parametrize(
    ("raw", "kind", "outcome"),
    [
        (AWAY, "auto_replied", "told"),
        (DELAYED.format(action="delayed"), "deferred", "in_flight"),
        (DELAYED.format(action="failed"), "expired", "failed"),
        ("From: john@example.com\nSubject: Thanks\n\nI call them.\n", "other", "in_flight"),
        (RIDDLE, "unclear", "in_flight"),
    ],
)
def test_what_a_mail_to_the_return_path_means(
    notification: Notification, raw: str, kind: str, outcome: str
) -> None:
    deliver()
    mail(raw, f"{token_of(notification)}@bounces.crm.example")
    assert Event.objects.get().kind == kind
    notification.refresh_from_db()
    assert notification.outcome == outcome


def test_a_notice_that_nobody_understands_goes_to_a_person_after_a_while(
    notification: Notification, clock: Clock
) -> None:
    deliver()
    mail(RIDDLE, f"{token_of(notification)}@bounces.crm.example")
    clock.forward(minutes=14)
    sweep()
    assert not Alert.objects.exists()
    clock.forward(minutes=2)
    sweep()
    notification.refresh_from_db()
    assert notification.outcome == "unclear"
    assert Alert.objects.get().person == notification.activity.actor


def test_a_notice_that_nobody_understands_alarms_nobody_where_a_delivery_is_known(
    notification: Notification, post: Post, clock: Clock
) -> None:
    deliver()
    post([sparkpost(token_of(notification), "delivery")])
    mail(RIDDLE, f"{token_of(notification)}@bounces.crm.example")
    clock.forward(hours=1)
    sweep()
    notification.refresh_from_db()
    assert (notification.outcome, Alert.objects.exists()) == ("told", False)


def test_a_notice_without_its_address_is_matched_by_the_returned_headers(
    notification: Notification,
) -> None:
    deliver()
    returned = f"X-CRM-Notification: {token_of(notification)}\n"
    raw = DELAYED.format(action="failed").replace(
        "--b--", f"--b\nContent-Type: text/rfc822-headers\n\n{returned}\n--b--"
    )
    mail(raw, "postmaster@bounces.crm.example")
    assert Event.objects.get().matched == "returned"


def test_the_message_id_names_the_notification(notification: Notification) -> None:
    """Some servers return no header but that one."""
    deliver()
    name = sent.outbox[0].extra_headers["Message-ID"].strip("<>").split("@")[0]
    mail(DELAYED.format(action="failed"), f"{name}@bounces.crm.example")
    event = Event.objects.get()
    assert (event.notification, event.attempt) == (notification, None)
    notification.refresh_from_db()
    assert notification.outcome == "failed"


def test_a_reply_is_matched_by_the_message_that_it_answers(notification: Notification) -> None:
    deliver()
    name = sent.outbox[0].extra_headers["Message-ID"]
    mail(f"In-Reply-To: {name}\r\n{AWAY}", "somebody@crm.example")
    assert Event.objects.get().notification == notification


def test_a_forged_token_touches_nothing(notification: Notification) -> None:
    deliver()
    name = token_of(notification)
    forged = name[:-1] + ("a" if name[-1] != "a" else "b")
    mail(DELAYED.format(action="failed"), f"{forged}@bounces.crm.example")
    assert Event.objects.get().notification is None
    notification.refresh_from_db()
    assert notification.outcome == "in_flight"


def test_an_empty_batch_is_read_and_says_nothing(post: Post) -> None:
    receive(
        Posted(provider="sparkpost", via="tracking", method="POST", url="", headers={}, body=b"[]")
    )
    assert interpret() == 1
    assert Receipt.objects.get().state == "read"
