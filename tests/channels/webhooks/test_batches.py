"""One event that cannot be read never loses the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from crm_notify.channels.webhooks import parse
from crm_notify.rules.body.batches import MAX_EVENTS
from tests.channels.webhooks import posts
from tests.channels.webhooks.posts import FORM, JSON, as_json, mandrill, post, unisender_go

pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")

#: How each provider that batches writes its events down.
BATCHES: dict[str, tuple[Callable[[list[Any]], bytes], Any, str]] = {
    "mailjet": (as_json, posts.MAILJET_BOUNCE, JSON),
    "mailtrap": (lambda events: as_json({"events": events}), posts.MAILTRAP_BOUNCE, JSON),
    "mandrill": (lambda events: mandrill(*events), posts.MANDRILL_BOUNCE, FORM),
    "sendgrid": (as_json, posts.SENDGRID_BOUNCE, JSON),
    "sparkpost": (as_json, posts.SPARKPOST_BOUNCE, JSON),
    "unisender_go": (lambda events: unisender_go(*events), posts.UNISENDER_GO_BOUNCE, JSON),
}


@pytest.mark.parametrize("provider", BATCHES)
def test_of_999_good_events_and_one_broken_999_are_heard(provider: str) -> None:
    write, event, content_type = BATCHES[provider]
    events = [event] * 500 + [["broken"]] + [event] * 499
    parsed = parse(post(provider, write(events), content_type=content_type))
    assert len(parsed.heard) == 999
    (unreadable,) = parsed.unreadable
    assert b"broken" in unreadable.body
    assert len(unreadable.body) < 100
    assert unreadable.error


@pytest.mark.parametrize("provider", BATCHES)
def test_a_batch_that_is_no_json_is_one_thing_that_cannot_be_read(provider: str) -> None:
    write, event, content_type = BATCHES[provider]
    body = write([event] * 3)[:-20]
    parsed = parse(post(provider, body, content_type=content_type))
    assert parsed.heard == ()
    (unreadable,) = parsed.unreadable
    assert unreadable.body == body
    assert unreadable.error


def test_a_batch_beyond_all_measure_is_not_read_in_parts() -> None:
    body = b"[" + b"1," * MAX_EVENTS + b"1]"
    parsed = parse(post("sparkpost", body))
    (unreadable,) = parsed.unreadable
    assert unreadable.body == body


def test_a_byte_order_mark_before_the_batch_loses_nothing() -> None:
    posted = post("sparkpost", b"\xef\xbb\xbf" + as_json([posts.SPARKPOST_BOUNCE]))
    assert len(parse(posted).heard) == 1


def test_events_and_mails_in_one_post_of_mandrill_are_told_apart() -> None:
    mail = {"event": "inbound", "msg": {"raw_msg": "Subject: hello\r\n\r\n", "email": posts.OURS}}
    body = mandrill(posts.MANDRILL_BOUNCE, mail, posts.MANDRILL_BOUNCE)
    parsed = parse(post("mandrill", body, content_type=FORM))
    assert [heard.message_id for heard in parsed.heard] == ["mandrill-1", "mandrill-1"]
    assert [mail.envelope_recipient for mail in parsed.mails] == [posts.OURS]
    assert parsed.unreadable == ()


def test_a_webhook_set_to_the_wrong_url_says_so() -> None:
    relayed = {"msys": {"relay_message": {"content": {}, "protocol": "smtp"}}}
    (unreadable,) = parse(post("sparkpost", as_json([relayed]))).unreadable
    assert "*inbound* relay webhook URL" in unreadable.error


def test_the_reason_is_short_and_fit_to_be_stored() -> None:
    body = json.dumps({"Type": "Notification", "Message": "\x00\ud800" + "x" * 5000}).encode()
    (unreadable,) = parse(post("amazon_ses", body)).unreadable
    assert len(unreadable.error) <= 1000
    assert "\x00" not in unreadable.error
    unreadable.error.encode()
