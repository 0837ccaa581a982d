"""A documented test of the connection is known as one; nothing that carries news is."""

from __future__ import annotations

import json

import pytest

from crm_notify.rules.body import is_empty, is_ping

VALIDATED = {
    "Type": "Notification",
    "Message": "Successfully validated SNS topic for Amazon SES event publishing.",
}
SAMPLE = {"event": "inbound_message_received", "inbox_id": 1, "message_id": "x"}

PINGS = [
    ("amazon_ses", json.dumps(VALIDATED).encode()),
    ("mailtrap", json.dumps({"events": [SAMPLE]}).encode()),
    ("mandrill", b"mandrill_events=%5B%5D"),
    ("mandrill", b"mandrill_events=[]"),
    ("sendgrid", b" [] "),
    ("sparkpost", b'[{"msys":{}}]'),
    ("sparkpost", b'[ {"msys": {} }, {"msys":{}} ]'),
]


@pytest.mark.parametrize(("provider", "body"), PINGS)
def test_a_ping_is_known_and_is_not_empty(provider: str, body: bytes) -> None:
    assert is_ping(provider, body)
    assert not is_empty(provider, "tracking", "", body)
    assert not is_empty(provider, "inbound", "", body)


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("brevo", b"[]"),
        ("sendinblue", b"{}"),
        ("mandrill", b"mandrill_events="),
        ("mandrill", b"[]"),
        ("mandrill", b"mandrill_events={"),
        ("sparkpost", b"[]"),
        ("sparkpost", b"{}"),
        ("sparkpost", b'[{"msys":{}},{"msys":{"message_event":{"type":"bounce"}}}]'),
        ("sendgrid", b"[{}]"),
        ("sendgrid", b""),
        ("sendgrid", b"[" * 3000),
        ("sendgrid", b"[" + b" " * 20_000 + b"]"),
        ("mailtrap", b'{"events":[]}'),
        ("mailtrap", b'{"events":[{"inbox_id":2}]}'),
        ("amazon_ses", b'{"Type":"Notification","Message":"Successfully"}'),
        ("postmark", b"\xff"),
    ],
)
def test_anything_else_is_no_ping(provider: str, body: bytes) -> None:
    assert not is_ping(provider, body)
