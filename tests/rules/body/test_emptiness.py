"""An emptied post is known as such, so that the provider comes again; what is unclear is kept."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_notify.rules.body import is_empty

PROVIDERS = [
    "amazon_ses",
    "brevo",
    "mailersend",
    "mailgun",
    "mailjet",
    "mailtrap",
    "mandrill",
    "postal",
    "postmark",
    "resend",
    "sendgrid",
    "sendinblue",
    "sparkpost",
    "unisender_go",
]
VIAS = ["tracking", "inbound"]
MULTIPART = "multipart/form-data; boundary=xyz"
FORM = "application/x-www-form-urlencoded"
SIGNED = {"token": "t", "timestamp": "1", "signature": "s"}


def sns(message: Any) -> dict[str, Any]:
    text = message if isinstance(message, str) else json.dumps(message)
    return {"Type": "Notification", "MessageId": "1", "Message": text}


def received(content: str, action: str = "SNS") -> dict[str, Any]:
    receipt = {"action": {"type": action}, "recipients": ["a@b.example"]}
    return sns({"notificationType": "Received", "receipt": receipt, "content": content})


def relayed(content: str) -> dict[str, Any]:
    return {"msys": {"relay_message": {"rcpt_to": "a@b.example", "content": {
        "email_rfc822": content, "email_rfc822_is_base64": False, "subject": "s"
    }}}}  # fmt: skip


EMPTY_JSON: list[tuple[str, str, Any]] = [
    ("amazon_ses", "tracking", sns("")),
    ("amazon_ses", "tracking", sns({})),
    ("amazon_ses", "inbound", received("")),
    ("amazon_ses", "inbound", sns(" ")),
    ("brevo", "tracking", {"event": "", "email": None}),
    ("brevo", "inbound", {"items": []}),
    ("brevo", "inbound", {"items": [{"Uuid": ["u"], "Headers": {}, "RawTextBody": ""}]}),
    ("sendinblue", "inbound", {"items": [{}]}),
    ("mailersend", "tracking", {"type": "activity.sent", "data": {}}),
    ("mailersend", "inbound", {"type": "inbound.message", "data": {"id": "1", "raw": ""}}),
    ("mailersend", "inbound", {"type": "inbound.message", "data": None}),
    ("mailgun", "tracking", {"signature": SIGNED, "event-data": {}}),
    ("mailjet", "tracking", [{}, {"event": ""}]),
    ("mailjet", "tracking", [[], ["", None]]),
    ("mailjet", "inbound", {"Sender": "a@b.example", "Recipient": "c@d.example", "Parts": []}),
    ("mailtrap", "tracking", {"events": []}),
    ("mailtrap", "inbound", {"events": [{}]}),
    ("postal", "tracking", {"event": "MessageSent", "uuid": "1", "payload": {}}),
    ("postal", "inbound", {"id": 1, "rcpt_to": "a@b.example", "message": "", "base64": True}),
    ("postmark", "tracking", {"RecordType": "", "Metadata": {}}),
    ("postmark", "inbound", {"From": "a@b.example", "TextBody": "hello", "RawEmail": ""}),
    ("postmark", "inbound", {"From": "", "TextBody": " ", "Headers": []}),
    ("resend", "tracking", {"type": "email.sent", "created_at": "now", "data": {}}),
    ("resend", "inbound", {"type": "email.received", "data": {"email_id": "", "to": ["a@b"]}}),
    ("sendgrid", "tracking", [{}]),
    ("sparkpost", "tracking", [{}]),
    ("sparkpost", "inbound", [relayed(""), relayed("\r\n")]),
    ("unisender_go", "tracking", {"auth": "a", "events_by_user": []}),
    ("unisender_go", "tracking", {"auth": "a", "events_by_user": [{"user_id": 1, "events": []}]}),
]

EMPTY_FORMS: list[tuple[str, str, dict[str, str]]] = [
    ("mailgun", "inbound", {**SIGNED, "recipient": "a@b.example", "body-mime": "\r\n"}),
    ("mailgun", "inbound", SIGNED),
    ("mailgun", "tracking", {**SIGNED, "event": ""}),
    ("mandrill", "tracking", {"mandrill_events": ""}),
    ("mandrill", "tracking", {"mandrill_events": "[{}]"}),
    ("mandrill", "inbound", {"mandrill_events": '[{"event":"inbound","msg":{"raw_msg":""}}]'}),
    ("mandrill", "inbound", {"mandrill_events": '[{"event":"inbound","msg":{}}]'}),
    ("sendgrid", "inbound", {"email": " ", "envelope": '{"to":["a@b.example"]}'}),
    ("sendgrid", "inbound", {"headers": "", "text": "", "email": ""}),
]

FULL_JSON: list[tuple[str, str, Any]] = [
    ("amazon_ses", "tracking", sns({"eventType": "Send", "mail": {}})),
    ("amazon_ses", "tracking", sns("not JSON")),
    ("amazon_ses", "tracking", {"Type": "Notification"}),
    ("amazon_ses", "tracking", {"Type": "SubscriptionConfirmation", "Message": ""}),
    ("amazon_ses", "inbound", received("", action="S3")),
    ("amazon_ses", "inbound", received("Subject: hello")),
    ("brevo", "inbound", {"event": "delivered"}),
    ("brevo", "inbound", {"items": ["odd"]}),
    ("mailersend", "inbound", {"type": "activity.sent"}),
    ("mailjet", "inbound", {"Headers": {"From": "a@b.example"}}),
    ("mailtrap", "tracking", {"event": "delivery"}),
    ("postal", "tracking", {"rcpt_to": "a@b.example", "message": "Subject: hello"}),
    ("postmark", "inbound", {"RawEmail": "Subject: hello"}),
    ("resend", "inbound", {"type": "email.sent"}),
    ("sparkpost", "inbound", [relayed(""), relayed("Subject: hello")]),
    ("sparkpost", "inbound", [{"msys": {"message_event": {"type": "bounce"}}}]),
    ("unisender_go", "tracking", {"auth": "a", "event_name": "transactional_email_status"}),
    ("sendgrid", "tracking", [{"event": "bounce"}, {}]),
    ("sendgrid", "tracking", 0),
]

FULL_FORMS: list[tuple[str, str, dict[str, str]]] = [
    ("mailgun", "inbound", {**SIGNED, "message-headers": "[]"}),
    ("mandrill", "tracking", {"something": "else"}),
    ("mandrill", "tracking", {"mandrill_events": '[{"event":"send"}]'}),
    ("sendgrid", "inbound", {"email": "Subject: hello"}),
    ("sendgrid", "inbound", {"headers": "Subject: hello", "email": ""}),
]


@pytest.mark.parametrize("via", VIAS)
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("content_type", ["", "application/json", FORM, MULTIPART])
def test_no_bytes_blanks_and_empty_json_are_empty_everywhere(
    provider: str, via: str, content_type: str
) -> None:
    for body in [b"", b" ", b"\r\n", b"{}", b"null", b'""']:
        assert is_empty(provider, via, content_type, body)
    assert is_empty(provider, via, content_type, b"[]") is (provider != "sendgrid")


@pytest.mark.parametrize(("provider", "via"), [("mailgun", "inbound"), ("sendgrid", "inbound")])
def test_a_multipart_body_without_parts_is_empty(provider: str, via: str) -> None:
    for body in [b"--xyz--\r\n", b"--xyz\r\n--xyz--\r\n", b"a line that the header denies"]:
        assert is_empty(provider, via, MULTIPART, body)


@pytest.mark.parametrize(("provider", "via", "document"), EMPTY_JSON)
def test_json_without_news_is_empty(provider: str, via: str, document: Any) -> None:
    assert is_empty(provider, via, "application/json", json.dumps(document).encode())


@pytest.mark.parametrize(("provider", "via", "form"), EMPTY_FORMS)
def test_a_form_without_news_is_empty(provider: str, via: str, form: dict[str, str]) -> None:
    assert is_empty(provider, via, FORM, urlencode(form).encode())


@pytest.mark.parametrize(("provider", "via", "document"), FULL_JSON)
def test_json_with_news_or_of_an_unknown_shape_is_kept(
    provider: str, via: str, document: Any
) -> None:
    assert not is_empty(provider, via, "application/json", json.dumps(document).encode())


@pytest.mark.parametrize(("provider", "via", "form"), FULL_FORMS)
def test_a_form_with_news_or_of_an_unknown_shape_is_kept(
    provider: str, via: str, form: dict[str, str]
) -> None:
    assert not is_empty(provider, via, FORM, urlencode(form).encode())


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 5000])
def test_what_cannot_be_read_is_kept(body: bytes) -> None:
    assert not is_empty("postmark", "tracking", "application/json", body)


@given(
    st.sampled_from(PROVIDERS),
    st.sampled_from(VIAS),
    st.sampled_from(["", FORM, MULTIPART, "application/json"]),
    st.binary(max_size=300),
)
def test_no_bytes_make_it_fail(provider: str, via: str, content_type: str, body: bytes) -> None:
    assert is_empty(provider, via, content_type, body) in {True, False}
