"""What each mailbox makes the provider post, read by Anymail's real webhook view."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.test import RequestFactory

from project.provider import Provider
from project.provider.mailboxes import BEHAVIOURS, behaviour_of
from tests.provider.conftest import Run, Send, settle
from tests.provider.receiver import SECRET, Post, Receiver

UNKNOWN_USER = "550 5.1.1 <{}>: Recipient address rejected: User unknown"

# mailbox -> (Anymail's event type, its reject reason, what the receiving server said)
STORIES: dict[str, list[tuple[str, str | None, str | None]]] = {
    "jon": [("queued", None, None), ("delivered", None, None)],
    "unknown": [("queued", None, None), ("bounced", "invalid", UNKNOWN_USER)],
    "john": [("queued", None, None), ("bounced", "invalid", UNKNOWN_USER)],
    "full": [
        ("queued", None, None),
        ("deferred", "bounced", "452 4.2.2 <{}>: Mailbox is over quota, try again later"),
        ("bounced", "bounced", "552 5.2.2 <{}>: Mailbox is over quota"),
    ],
    "slow": [
        ("queued", None, None),
        ("deferred", "bounced", "451 4.7.1 <{}>: Greylisted, come back later"),
        ("deferred", "bounced", "421 4.3.2 Too busy, come back later"),
        ("delivered", None, None),
    ],
    "late": [
        ("queued", None, None),
        ("delivered", None, None),
        ("bounced", "invalid", "550 5.1.1 <{}>: This mailbox has been removed"),
    ],
    "away": [
        ("queued", None, None),
        ("delivered", None, None),
        ("autoresponded", "other", "Automatic reply: <{}> is out of the office"),
    ],
    "silent": [("queued", None, None)],
    "complains": [
        ("queued", None, None),
        ("delivered", None, None),
        ("complained", None, None),
    ],
    "blocked": [
        ("queued", None, None),
        ("bounced", "spam", "554 5.7.1 <{}>: Message blocked by policy, sender is listed"),
    ],
    "suppressed": [
        ("rejected", "blocked", "554 5.7.1 <{}>: recipient address suppressed by policy"),
    ],
}


def read(post: Post) -> list[AnymailTrackingEvent]:
    """What Anymail makes of a post, once it has found the secret to be right."""
    view = SparkPostTrackingWebhookView(webhook_secret=SECRET)
    request = RequestFactory().post(
        post.path,
        data=post.body,
        content_type=post.headers["Content-Type"],
        headers={"Authorization": post.headers.get("Authorization", "")},
    )
    view.run_validators(request)
    events: list[AnymailTrackingEvent] = view.parse_events(request)
    return events


def read_all(receiver: Receiver) -> list[AnymailTrackingEvent]:
    return [event for post in receiver.posts for event in read(post)]


@pytest.mark.parametrize("mailbox", STORIES)
def test_a_mailbox_behaves_as_its_name_says(
    mailbox: str, provider: Provider, receiver: Receiver, send: Send
) -> None:
    address = f"{mailbox}@acme.example"
    mail = send(address)
    settle(provider)
    events = read_all(receiver)
    assert [(each.event_type, each.reject_reason, each.mta_response) for each in events] == [
        (kind, reason, said and said.format(address)) for kind, reason, said in STORIES[mailbox]
    ]
    assert {each.recipient for each in events} == {address}
    assert {each.message_id for each in events} == {mail.anymail_status.message_id}
    assert all(each.metadata == {"crm_notification": "na7x"} for each in events)
    assert len({each.event_id for each in events}) == len(events)
    assert all(each.timestamp for each in events)


def test_every_behaviour_has_its_story_here() -> None:
    told = {behaviour_of(f"{mailbox}@acme.example").name for mailbox in STORIES}
    assert told == set(BEHAVIOURS)


@pytest.mark.parametrize(
    ("mailbox", "has", "lacks"),
    [
        (
            "jon",
            {"ip_address", "num_retries", "delv_method", "queue_time", "outbound_tls"},
            {"bounce_class", "error_code", "raw_reason"},
        ),
        (
            "unknown",
            {"bounce_class", "error_code", "raw_reason", "reason", "ip_address", "num_retries"},
            {"queue_time", "outbound_tls"},
        ),
        ("late", {"bounce_class", "error_code", "queue_time"}, {"outbound_tls"}),
        ("complains", {"fbtype", "report_by", "report_to", "user_str"}, {"bounce_class"}),
        ("silent", set(), {"ip_address", "num_retries", "delv_method", "bounce_class"}),
        ("suppressed", {"bounce_class", "remote_addr"}, {"ip_address", "num_retries"}),
    ],
)
def test_an_event_has_the_fields_that_are_documented_for_its_kind(
    mailbox: str,
    has: set[str],
    lacks: set[str],
    provider: Provider,
    receiver: Receiver,
    send: Send,
) -> None:
    mail = send(f"{mailbox}@Acme.example", subject="A call", tags=["calls"])
    settle(provider)
    last: dict[str, Any] = receiver.events[-1]
    assert has <= last.keys()
    assert not lacks & last.keys()
    assert last["timestamp"].isdigit()
    assert last["event_id"].isdigit()
    expected = {
        "campaign_id": "calls",
        "friendly_from": "notify@crm.example",
        "msg_from": "bounce-na7x@bounces.crm.example",
        "raw_rcpt_to": f"{mailbox}@Acme.example",
        "rcpt_meta": {"crm_notification": "na7x"},
        "rcpt_to": f"{mailbox}@acme.example",
        "recv_method": "rest",
        "routing_domain": "acme.example",
        "subject": "A call",
        "transmission_id": mail.anymail_status.message_id,
    }
    assert {name: last[name] for name in expected} == expected
    assert {"ip_pool", "sending_ip", "message_id", "msg_size", "injection_time"} <= last.keys()


def test_attempts_are_counted(provider: Provider, receiver: Receiver, send: Send) -> None:
    send("slow@acme.example")
    settle(provider)
    assert [event.get("num_retries") for event in receiver.events] == [None, "0", "1", "2"]


def test_anymail_refuses_the_post_where_the_secret_is_another(
    provider: Provider, receiver: Receiver, send: Send
) -> None:
    send()
    settle(provider)
    right = receiver.posts[0]
    pair = base64.b64encode(b"janet:guessed").decode()
    forged = Post(
        path=right.path,
        headers={**right.headers, "Authorization": f"Basic {pair}"},
        body=right.body,
    )
    with pytest.raises(AnymailWebhookValidationFailure):
        read(forged)


def test_a_ping_is_an_event_without_content(run: Run, receiver: Receiver) -> None:
    settle(run(webhook=receiver.url, ping=True))
    assert json.loads(receiver.posts[0].body) == [{"msys": {}}]
    assert read(receiver.posts[0]) == []
