"""A host that already mounts anymail.urls is served through Anymail's signals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from anymail import signals as anymail_signals
from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView, SparkPostTrackingWebhookView
from django.db import DatabaseError
from django.test import Client, RequestFactory

from crm_notify.models import Event, Notification, Receipt
from crm_notify.receivers import keep_inbound
from crm_notify.steps import interpret as interpret_step
from crm_notify.steps import receive as receive_step
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.replay import Window, replay
from tests.posts import AUTHORIZATION, UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def anymail_secret(settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": "provider:secret"}


def post_to_anymail(*events: dict[str, Any]) -> int:
    request = RequestFactory().post(
        "/anymail/sparkpost/tracking/",
        json.dumps(events),
        content_type="application/json",
        headers={"Authorization": AUTHORIZATION},
    )
    view = SparkPostTrackingWebhookView.as_view()
    return int(view(request).status_code)


def test_anymails_events_become_receipts_and_settle(notification: Notification) -> None:
    deliver()
    name = token_of(notification)
    event = sparkpost(name, "bounce", **UNKNOWN_USER)
    assert post_to_anymail(event, sparkpost(name, "injection", timestamp="not a time")) == 200
    assert Receipt.objects.filter(via="signal").count() == 2
    interpret()
    notification.refresh_from_db()
    assert (notification.outcome, notification.blame) == ("failed", "address")


def test_the_same_news_by_both_ways_is_one_event(
    notification: Notification, post: Callable[..., Any]
) -> None:
    deliver()
    event = sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)
    post_to_anymail(event)
    post([event])
    interpret()
    assert Event.objects.count() == 1


def test_with_the_database_down_the_provider_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("the database is down")

    monkeypatch.setattr(receive_step.Receipt, "save", down)
    with pytest.raises(DatabaseError):
        post_to_anymail(sparkpost("", "bounce"))


def inbound(to: str, **more: Any) -> None:
    raw = (
        f"From: MAILER-DAEMON@mx.example\nTo: {to}\nSubject: Undelivered Mail\n"
        "Message-ID: <1@mx.example>\nContent-Type: multipart/report; "
        'report-type=delivery-status; boundary="b"\n\n--b\n\nIt failed.\n--b\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; john@example.com\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
    )
    message = AnymailInboundMessage.parse_raw_mime(raw)
    event = AnymailInboundEvent(event_type="inbound", message=message)
    keep_inbound(SparkPostInboundWebhookView, event=event, esp_name="SparkPost")


def test_a_mail_to_an_envelope_sender_of_ours_is_kept_and_read(
    notification: Notification,
) -> None:
    deliver()
    inbound(f"{token_of(notification)}@bounces.crm.example")
    assert Receipt.objects.get().via == "mail"
    interpret()
    event = Event.objects.get()
    assert (event.kind, event.code, event.matched) == ("bounced", "5.1.1", "address")
    notification.refresh_from_db()
    assert notification.outcome == "failed"


def test_other_mail_of_the_host_is_not_ours_to_keep() -> None:
    inbound("sales@crm.example")
    assert not Receipt.objects.exists()


@pytest.fixture
def listener() -> Iterator[list[Any]]:
    """A host's own receiver of Anymail's signals, which fails at what it hears."""
    heard: list[Any] = []

    def listen(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
        heard.append((esp_name, event))
        raise ValueError("a listener that fails")

    signals = (anymail_signals.tracking, anymail_signals.inbound)
    for signal in signals:
        signal.connect(listen)
    yield heard
    for signal in signals:
        signal.disconnect(listen)


def test_a_hosts_own_listener_hears_once_what_came_by_our_intake(
    notification: Notification, post: Callable[..., Any], listener: list[Any]
) -> None:
    deliver()
    event = sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)
    post([event])
    interpret()
    ((esp_name, heard),) = listener
    assert (esp_name, heard.event_type) == ("SparkPost", "bounced")
    assert Receipt.objects.count() == 1
    list(replay(Window()))
    post([event])
    interpret()
    assert len(listener) == 1


def test_a_mail_that_came_by_our_intake_is_heard_too(
    notification: Notification, client: Client, listener: list[Any]
) -> None:
    deliver()
    raw = f"To: {token_of(notification)}@bounces.crm.example\nSubject: Hello\n\nHello.\n"
    content = {"email_rfc822": raw, "email_rfc822_is_base64": False}
    relay = {
        "content": content,
        "protocol": "smtp",
        "rcpt_to": "x@crm.example",
        "msg_from": "john@example.com",
    }
    body = [{"msys": {"relay_message": relay}}]
    client.post(
        "/notify/webhooks/sparkpost/inbound/",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": AUTHORIZATION},
    )
    interpret()
    assert [esp_name for esp_name, _ in listener] == ["SparkPost"]
    assert Receipt.objects.count() == 1


def test_what_cannot_be_passed_on_is_read_all_the_same(
    notification: Notification, post: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    monkeypatch.setattr(interpret_step, "tell_others", lambda posted: 1 / 0)
    assert interpret() == 1
    assert Receipt.objects.get().state == "read"
