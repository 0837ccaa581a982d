"""An event from a log is the same news as the event that the webhook brought."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils.dateparse import parse_datetime

from crm_notify.channels.webhooks import parse
from crm_notify.models import Event, Receipt
from crm_notify.rules.news import Posted
from crm_notify.steps.hear import event_of
from crm_notify.steps.match import Clues
from tests.channels.logs.records import Answer, documents, mailgun, postmark, read, sparkpost
from tests.channels.logs.server import Served
from tests.channels.webhooks.posts import TOKEN, post

PAYLOADS = Path(__file__).parents[2] / "rules" / "providers" / "payloads"
#: Eastern Time in summer, when most of the recorded events happened, is as good as in winter.
EASTERN = timedelta(hours=-5)

#: What a log has not, or not as the webhook shows it.
LEFT_OUT = {
    # About mail that came in.
    "mailgun/stored",
    # Before complaints had a webhook of their own.
    "postmark/bounce-spam-complaint",
    "sparkpost/ping",
    "sparkpost/sms-status",
}
RECORDED = [
    path
    for provider in ("mailgun", "postmark", "sparkpost")
    for path in sorted((PAYLOADS / provider).glob("*.json"))
    if not path.name.startswith(("legacy-", "subscription-change-"))
    and f"{provider}/{path.stem}" not in LEFT_OUT
]


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", RECORDED, ids=name_of)
def test_an_event_in_the_log_is_known_again(served: Served, path: Path) -> None:
    provider = path.parent.name
    document = marked(provider, json.loads(path.read_text()))
    served.answer, at = _LOGGED[provider](document)
    (posted,) = read(provider, at - timedelta(minutes=5), at + timedelta(minutes=5))
    by_webhook, clues = heard(post(provider, json.dumps(document).encode()))
    by_log, other_clues = heard(posted)
    assert by_log.fingerprint == by_webhook.fingerprint
    assert other_clues == clues
    for name in ("kind", "evidence", "blame", "raw_kind", "code", "occurred_at", "message_id"):
        assert getattr(by_log, name) == getattr(by_webhook, name), name
    assert by_log.text == by_webhook.text or by_webhook.text == ""


def heard(posted: Posted) -> tuple[Event, Clues]:
    (one,) = parse(posted).heard
    return event_of(one, provider=posted.provider, receipt=Receipt())


def marked(provider: str, document: Any) -> Any:
    """The recorded webhook, about a mail that bears our token."""
    if provider == "mailgun":
        document["event-data"]["user-variables"] = {"crm_notify": TOKEN}
    elif provider == "postmark":
        document["Metadata"] = {"crm_notify": TOKEN}
    else:
        (event,) = document[0]["msys"].values()
        event["rcpt_meta"] = {"crm_notify": TOKEN}
    return document


def _in_mailgun(document: Any) -> tuple[Answer, datetime]:
    """The items of the Events API are what webhooks show as event-data."""
    event = document["event-data"]
    return mailgun([event]), datetime.fromtimestamp(event["timestamp"], UTC)


def _in_postmark(document: Any) -> tuple[Answer, datetime]:
    """Bounces stand in a list of their own, without metadata; the rest with their message."""
    stamp = next(document[name] for name in _TIMES if name in document)
    at = parse_datetime(stamp)
    assert at is not None
    # The same moment to the last of its seven digits, in Eastern Time.
    local = (at + EASTERN).strftime("%Y-%m-%dT%H:%M:%S") + stamp[19:].replace("Z", "-05:00")
    message = {
        "MessageID": document["MessageID"],
        "Metadata": document["Metadata"],
        "Tag": document["Tag"],
        "MessageStream": "outbound",
        "ReceivedAt": local,
    }
    if document["RecordType"] in {"Bounce", "SpamComplaint"}:
        left = {"Metadata", "Content", "RecordType"}
        bounce = {name: value for name, value in document.items() if name not in left}
        logged = {**bounce, "RecordType": "Bounce", "BouncedAt": local}
        return postmark([logged], [{**message, "MessageEvents": []}]), at
    kind = {"Delivery": "Delivered", "Open": "Opened", "Click": "LinkClicked"}
    details = {"DeliveryMessage": document["Details"]} if "Details" in document else {}
    event = {
        "Recipient": document["Recipient"],
        "Type": kind[document["RecordType"]],
        "ReceivedAt": local,
        "Details": details,
    }
    other = {"Recipient": document["Recipient"], "Type": "Bounced", "ReceivedAt": local}
    return postmark([], [{**message, "MessageEvents": [event, other]}]), at


_TIMES = ("DeliveredAt", "BouncedAt", "ReceivedAt")


def _in_sparkpost(document: Any) -> tuple[Answer, datetime]:
    """Results are events without their envelope, with the time as ISO 8601."""
    (event,) = document[0]["msys"].values()
    at = datetime.fromtimestamp(int(event["timestamp"]), UTC)
    return sparkpost([{**event, "timestamp": at.isoformat(timespec="milliseconds")}]), at


_LOGGED = {"mailgun": _in_mailgun, "postmark": _in_postmark, "sparkpost": _in_sparkpost}


def test_sparkposts_events_are_wrapped_as_its_webhooks_wrap_them(served: Served) -> None:
    for path in RECORDED:
        if path.parent.name == "sparkpost":
            document = json.loads(path.read_text())
            served.answer, at = _in_sparkpost(document)
            (wrapped,) = documents(read("sparkpost", at, at + timedelta(seconds=1)))
            assert wrapped[0]["msys"].keys() == document[0]["msys"].keys(), path.stem
