"""A relayed mail is handed on byte for byte, with the envelope that it came in."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from crm_notify.rules.body import carries_mail, raw_mails
from crm_notify.rules.news import InboundMail

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
OURS = "bounce-naaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@bounces.crm.example"
BOUNCE = (
    "Return-Path: <>\r\nAuto-Submitted: auto-replied\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "\r\n--b--\r\n"
)
EIGHT_BIT = b"Subject: \xe4\xff\r\n\r\nna\xefve\r\n"


def b64(raw: bytes) -> str:
    return base64.encodebytes(raw).decode()


def ses(**receipt: Any) -> dict[str, Any]:
    action = {"type": "SNS", "encoding": "UTF8", **receipt.pop("action", {})}
    message = {
        "notificationType": "Received",
        "mail": {"source": "sender@mx.example"},
        "receipt": {"recipients": ["other@b.example", OURS], "action": action},
        **receipt,
    }
    return {"Type": "Notification", "Message": json.dumps(message)}


def relayed(content: str, *, encoded: bool) -> dict[str, Any]:
    return {
        "msys": {
            "relay_message": {
                "rcpt_to": OURS,
                "msg_from": "sender@mx.example",
                "content": {"email_rfc822": content, "email_rfc822_is_base64": encoded},
            }
        }
    }


def mail(raw: str | bytes, *, recipient: str = OURS, sender: str = "sender@mx.example") -> Any:
    octets = raw.encode() if isinstance(raw, str) else raw
    return [InboundMail(raw=octets, envelope_recipient=recipient, envelope_sender=sender)]


POSTMARK = {
    "OriginalRecipient": OURS,
    "RawEmail": BOUNCE,
    "Headers": [
        {"Name": "Return-Path", "Value": "<sender@mx.example>"},
        {"Name": "Subject", "Value": "x"},
    ],
}
MAILERSEND = {
    "type": "inbound.message",
    "data": {
        "raw": BOUNCE,
        "sender": {"email": "sender@mx.example"},
        "recipients": {"rcptTo": [{"email": "x@b.example"}, {"email": OURS}]},
    },
}
POSTAL = {"rcpt_to": OURS, "mail_from": "sender@mx.example", "size": 1}


@pytest.mark.parametrize(
    ("provider", "document", "expected"),
    [
        ("amazon_ses", ses(content=BOUNCE), mail(BOUNCE)),
        (
            "amazon_ses",
            ses(content=b64(EIGHT_BIT), action={"encoding": "Base64"}),
            mail(EIGHT_BIT),
        ),
        ("mailersend", MAILERSEND, mail(BOUNCE)),
        ("postal", {**POSTAL, "message": BOUNCE}, mail(BOUNCE)),
        ("postal", {**POSTAL, "message": b64(EIGHT_BIT), "base64": True}, mail(EIGHT_BIT)),
        ("postmark", POSTMARK, mail(BOUNCE)),
        ("postmark", {**POSTMARK, "Headers": POSTMARK["Headers"][1:]}, mail(BOUNCE, sender="")),
        ("postmark", {**POSTMARK, "Headers": []}, mail(BOUNCE, sender="")),
        ("sparkpost", [relayed(BOUNCE, encoded=False)], mail(BOUNCE)),
        ("sparkpost", [relayed(b64(EIGHT_BIT), encoded=True), {"msys": {}}], mail(EIGHT_BIT)),
    ],
)
def test_a_mail_in_json_is_kept_as_it_was(
    provider: str, document: Any, expected: list[InboundMail]
) -> None:
    assert raw_mails(provider, JSON, json.dumps(document).encode()) == expected


def test_a_mail_in_a_form_keeps_bytes_that_are_no_text() -> None:
    form = {"body-mime": EIGHT_BIT, "recipient": OURS, "sender": "sender@mx.example"}
    assert raw_mails("mailgun", FORM, urlencode(form).encode()) == mail(EIGHT_BIT)


def test_a_mail_in_a_multipart_form_keeps_bytes_that_are_no_text() -> None:
    fields = {
        "email": EIGHT_BIT,
        "envelope": json.dumps({"to": ["x@b.example", OURS], "from": "sender@mx.example"}).encode(),
    }
    parts = [
        b'--xyz\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), value)
        for name, value in fields.items()
    ]
    body = b"".join(parts) + b"--xyz--\r\n"
    assert raw_mails("sendgrid", "multipart/form-data; boundary=xyz", body) == mail(EIGHT_BIT)


def test_a_broken_envelope_loses_no_mail() -> None:
    body = urlencode({"email": BOUNCE, "envelope": "{"}).encode()
    assert raw_mails("sendgrid", FORM, body) == mail(BOUNCE, recipient="", sender="")


def test_mandrill_posts_many_mails_at_once() -> None:
    event = {"event": "inbound", "msg": {"raw_msg": BOUNCE, "email": OURS}}
    body = urlencode({"mandrill_events": json.dumps([event, event])}).encode()
    assert carries_mail("mandrill", "tracking", FORM, body)
    assert raw_mails("mandrill", FORM, body) == mail(BOUNCE, sender="") * 2


def test_a_lone_surrogate_in_json_breaks_nothing() -> None:
    body = json.dumps({**POSTAL, "message": "Subject: \ud800\r\n\r\n"}).encode()
    assert raw_mails("postal", JSON, body) == mail("Subject: ?\r\n\r\n")


@pytest.mark.parametrize(
    ("provider", "content_type", "body"),
    [
        ("brevo", JSON, b'{"items":[]}'),
        ("sendinblue", JSON, b'{"items":[]}'),
        ("mailjet", JSON, b"{}"),
        ("mailtrap", JSON, b"{}"),
        ("resend", JSON, b"{}"),
        ("mailgun", FORM, b"recipient=a&message-headers=[]"),
        ("mailgun", JSON, b"[]"),
        ("postmark", JSON, b'{"From":"a@b.example"}'),
        ("sendgrid", FORM, b"headers=x&email=y"),
        ("sendgrid", FORM, b"text=x"),
    ],
)
def test_a_mail_that_comes_parsed_has_to_be_rebuilt(
    provider: str, content_type: str, body: bytes
) -> None:
    assert raw_mails(provider, content_type, body) is None


@pytest.mark.parametrize(
    ("provider", "document", "says"),
    [
        ("amazon_ses", {"Type": "Notification", "Message": "x"}, "no notification"),
        (
            "amazon_ses",
            ses(action={"type": "S3", "objectKey": "k1"}),
            r"\(action 'S3', object 'k1'\).*SNS action",
        ),
        ("amazon_ses", ses(), "holds no mail"),
        ("mailersend", {"type": "activity.sent", "data": {}}, "holds no mail"),
        ("postal", {"payload": {}}, "holds no mail"),
        ("postal", {"message": "  "}, "empty mail"),
        ("postal", {"message": "a", "base64": True}, "base64|padding"),
        ("postal", {"message": "{}", "base64": True}, "empty mail"),
        ("postmark", {"RawEmail": ""}, "empty mail"),
        ("sparkpost", [{"msys": {"message_event": {}}}], "holds no mail"),
        ("sparkpost", {}, "holds no mail"),
    ],
)
def test_a_post_without_its_mail_says_so(provider: str, document: Any, says: str) -> None:
    with pytest.raises(ValueError, match=f"(?s){says}"):
        raw_mails(provider, JSON, json.dumps(document).encode())


def test_an_event_among_mails_says_so() -> None:
    inbound = {"event": "inbound", "msg": {"raw_msg": BOUNCE}}
    body = urlencode({"mandrill_events": json.dumps([inbound, {"event": "send"}])}).encode()
    with pytest.raises(ValueError, match="among inbound mails"):
        raw_mails("mandrill", FORM, body)


def test_only_mandrills_posts_tell_by_their_content_what_they_carry() -> None:
    event = urlencode({"mandrill_events": '[{"event":"send"}]'}).encode()
    assert not carries_mail("mandrill", "inbound", FORM, event)
    assert carries_mail("postmark", "inbound", JSON, b"{")
    assert not carries_mail("postmark", "tracking", JSON, b"{")
