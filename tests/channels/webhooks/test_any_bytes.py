"""No bytes, from any provider, make reading fail, run away, or leave the loopback."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_notify.channels.webhooks import NAMES, NoAnswer, parse
from crm_notify.rules.news import Parsed, Posted
from tests.channels.webhooks import posts
from tests.channels.webhooks.posts import BOUNCES, FORM, JSON, post

pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")

bounded = settings(
    max_examples=300,
    deadline=2000,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

MULTIPART = "multipart/form-data; boundary=xyz"

#: Words that the views look for, so that a made-up document gets past their first line.
WORDS = sorted(
    {
        *("event", "type", "Type", "Message", "msys", "events", "items", "data", "payload", "msg"),
        *("message", "relay_message", "content", "email_rfc822", "raw", "RawEmail", "Headers"),
        *("events_by_user", "event_data", "event_name", "event-data", "status", "timestamp", "ts"),
        *("mandrill_events", "email", "headers", "body-mime", "Name", "Value", "recipients"),
        *("inbound", "Notification", "Bounce", "bounce", "transactional_email_status"),
    }
)

leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
document = st.recursive(
    leaf | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)
    ),
    max_leaves=15,
)


def read(posted: Posted) -> Parsed:
    """Read it; an inbound post may send us to an API, which nobody answers here."""
    try:
        return parse(posted)
    except NoAnswer:
        assert posted.via == "inbound"
        return Parsed()


def check(parsed: Parsed) -> None:
    for heard in parsed.heard:
        assert heard.occurred_at is None or heard.occurred_at.tzinfo is not None
        for text in [heard.message_id, heard.recipient, heard.reading.text, heard.metadata_token]:
            assert "\x00" not in text
            text.encode()
    for mail in parsed.mails:
        assert mail.raw
    for unreadable in parsed.unreadable:
        assert unreadable.error
        assert len(unreadable.error) <= 1000


@bounded
@given(
    st.sampled_from(sorted(NAMES)),
    st.sampled_from([JSON, FORM, MULTIPART, "multipart/form-data", "", "text/plain; charset=hex"]),
    st.binary(max_size=400),
)
def test_any_bytes(name: tuple[str, str], content_type: str, body: bytes) -> None:
    check(read(post(name[0], body, via=name[1], content_type=content_type)))


@bounded
@given(st.sampled_from(sorted(NAMES)), document)
def test_any_document(name: tuple[str, str], document: Any) -> None:
    provider, via = name
    text = json.dumps(document)
    if provider == "amazon_ses":
        text = json.dumps({"Type": "Notification", "Message": text})
    if provider == "mandrill":
        form = urlencode({"mandrill_events": text}).encode()
        check(read(post(provider, form, via=via, content_type=FORM)))
    check(read(post(provider, text.encode(), via=via)))


@bounded
@given(st.sampled_from(sorted(BOUNCES)), st.data())
def test_any_documented_post_with_any_field_changed(name: str, data: st.DataObject) -> None:
    posted = BOUNCES[name][0]
    position = data.draw(st.integers(0, len(posted.body) - 1))
    junk = data.draw(st.binary(max_size=6))
    length = data.draw(st.integers(0, 20))
    body = posted.body[:position] + junk + posted.body[position + length :]
    content_type = posted.headers["content-type"]
    check(read(post(posted.provider, body, content_type=content_type)))


@pytest.mark.parametrize(("provider", "via"), sorted(NAMES))
def test_large_hostile_bodies_are_read_in_bounded_time(provider: str, via: str) -> None:
    bombs = [
        (b"[" * 1_000_000, JSON),
        (b'{"a":' * 200_000, JSON),
        (b"9" * 1_000_000, JSON),
        (b"[" + b"{}," * 300_000 + b"{}]", JSON),
        (b"mandrill_events=" + b"%5B" * 300_000, FORM),
        (b"a=1&" * 250_000, FORM),
        (b"--xyz\r\n" * 140_000, MULTIPART),
    ]
    for body, content_type in bombs:
        started = time.process_time()
        check(read(post(provider, body, via=via, content_type=content_type)))
        assert time.process_time() - started < 5


def test_a_nested_mail_bomb_is_handed_on_unopened() -> None:
    mail = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(5000)
    )
    body = posts.as_json({"rcpt_to": posts.OURS, "message": mail})
    (found,) = parse(post("postal", body, via="inbound")).mails
    assert found.raw == mail.encode()
