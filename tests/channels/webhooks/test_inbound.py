"""Relayed mail reaches us as near to its own bytes as the provider allows, envelope included."""

from __future__ import annotations

import base64
import email
import email.policy
import json
from typing import Any

import pytest
from pytest_django import Settings

from crm_notify.channels.webhooks import NoAnswer, asking, parse
from crm_notify.rules.news import InboundMail, Posted
from tests.channels.webhooks import posts
from tests.channels.webhooks.api import Api
from tests.channels.webhooks.conftest import KEYS
from tests.channels.webhooks.posts import FORM, OURS, as_json, post

pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")

SENDER = "mailer-daemon@mx.example"
RAW = (
    b"Return-Path: <>\r\nSubject: na\xefve\r\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n--b--\r\n"
)
STATUS = (
    "Reporting-MTA: dns; mx.example\n\n"
    "Final-Recipient: rfc822; john@example.com\nAction: failed\nStatus: 5.1.1\n"
)
ORIGINAL = "Subject: A call was logged\nTo: john@example.com\n\nHello\n"
MULTIPART = "multipart/form-data; boundary=xyz"


def multipart(fields: dict[str, Any]) -> bytes:
    """A form; a tuple is a file's name, type and content."""
    parts = []
    for name, value in fields.items():
        head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"'.encode()
        if isinstance(value, tuple):
            filename, kind, content = value
            head += f'; filename="{filename}"\r\nContent-Type: {kind}'.encode()
            value = content
        octets = value.encode() if isinstance(value, str) else value
        parts.append(head + b"\r\n\r\n" + octets + b"\r\n")
    return b"".join([*parts, b"--xyz--\r\n"])


def the_mail(posted: Posted) -> InboundMail:
    parsed = parse(posted)
    assert parsed.unreadable == ()
    assert parsed.heard == ()
    (mail,) = parsed.mails
    return mail


def is_a_readable_bounce(raw: bytes) -> None:
    """Whatever a provider made of it, the delivery status and the returned mail must be there."""
    parsed = email.message_from_bytes(raw, policy=email.policy.compat32)
    assert parsed["Auto-Submitted"] == "auto-replied"
    kinds = [part.get_content_type() for part in parsed.walk()]
    assert "message/delivery-status" in kinds
    assert "message/rfc822" in kinds
    assert b"Final-Recipient: rfc822; john@example.com" in raw
    assert b"Status: 5.1.1" in raw
    assert b"Subject: A call was logged" in raw


def test_the_raw_mail_is_taken_wherever_the_provider_posts_it() -> None:
    text = RAW.decode("latin-1")
    relay = {
        "rcpt_to": OURS,
        "msg_from": SENDER,
        "content": {
            "email_rfc822": base64.b64encode(RAW).decode(),
            "email_rfc822_is_base64": True,
        },
    }
    form = {"body-mime": RAW, "recipient": OURS, "sender": SENDER, "timestamp": "1"}
    postal = {"rcpt_to": OURS, "mail_from": SENDER, "base64": True}
    postal["message"] = base64.b64encode(RAW).decode()
    raw_form = {"email": RAW, "envelope": json.dumps({"to": [OURS], "from": SENDER})}
    for posted in [
        post("sparkpost", as_json([{"msys": {"relay_message": relay}}]), via="inbound"),
        post("mailgun", multipart(form), via="inbound", content_type=MULTIPART),
        post("postal", as_json(postal), via="inbound"),
        post("sendgrid", multipart(raw_form), via="inbound", content_type=MULTIPART),
    ]:
        assert the_mail(posted) == InboundMail(
            raw=RAW, envelope_recipient=OURS, envelope_sender=SENDER
        )
    event = {"event": "inbound", "msg": {"raw_msg": text, "email": OURS}}
    posted = post("mandrill", posts.mandrill(event), via="inbound", content_type=FORM)
    assert the_mail(posted).raw == text.encode()


def test_a_mail_that_mailgun_parsed_is_rebuilt() -> None:
    headers = [["From", SENDER], ["To", OURS], ["Auto-Submitted", "auto-replied"]]
    fields = {
        "recipient": OURS,
        "sender": SENDER,
        "timestamp": "1760000000",
        "message-headers": json.dumps(headers),
        "body-plain": "It was not delivered: na\xefve",
        "attachment-count": "3",
        "attachment-1": ("", "message/delivery-status", STATUS),
        "attachment-2": ("returned.eml", "message/rfc822", ORIGINAL),
        "attachment-3": ("a.bin", "application/octet-stream", b"\x00\xff"),
    }
    posted = post("mailgun", multipart(fields), via="inbound", content_type=MULTIPART)
    mail = the_mail(posted)
    assert (mail.envelope_recipient, mail.envelope_sender) == (OURS, SENDER)
    is_a_readable_bounce(mail.raw)


def test_a_mail_that_sendgrid_parsed_is_rebuilt() -> None:
    names = {"attachment1": {"filename": ""}, "attachment2": {"filename": "x"}}
    fields = {
        "headers": f"From: {SENDER}\nTo: {OURS}\nAuto-Submitted: auto-replied\n",
        "text": b"It was not delivered: na\xefve",
        "charsets": json.dumps({"text": "iso-8859-1"}),
        "envelope": json.dumps({"to": [OURS], "from": SENDER}),
        "attachment-info": json.dumps(names),
        "attachment1": ("", "message/delivery-status", STATUS),
        "attachment2": ("x", "message/rfc822", ORIGINAL),
    }
    posted = post("sendgrid", multipart(fields), via="inbound", content_type=MULTIPART)
    mail = the_mail(posted)
    assert (mail.envelope_recipient, mail.envelope_sender) == (OURS, SENDER)
    is_a_readable_bounce(mail.raw)


def test_a_mail_that_mailjet_parsed_is_rebuilt() -> None:
    document = {
        "Sender": SENDER,
        "Recipient": OURS,
        "Headers": {
            "From": [SENDER],
            "Auto-Submitted": "auto-replied",
            "Received": ["from a", "from b"],
        },
        "Parts": [
            {"Headers": {"Content-Type": "message/delivery-status"}, "ContentRef": "Attachment1"},
            {"Headers": {"Content-Type": "message/rfc822"}, "ContentRef": "Attachment2"},
            {"Headers": {"Content-Type": "text/plain"}, "ContentRef": "Text-part"},
        ],
        "Text-part": "It was not delivered",
        "Attachment1": base64.b64encode(STATUS.encode()).decode(),
        "Attachment2": base64.b64encode(ORIGINAL.encode()).decode(),
    }
    mail = the_mail(post("mailjet", as_json(document), via="inbound"))
    assert (mail.envelope_recipient, mail.envelope_sender) == (OURS, SENDER)
    is_a_readable_bounce(mail.raw)
    assert mail.raw.count(b"Received: ") == 2


def test_a_mail_that_postmark_parsed_is_rebuilt() -> None:
    document = {
        "FromFull": {"Email": SENDER, "Name": ""},
        "ToFull": [{"Email": OURS, "Name": ""}],
        "OriginalRecipient": OURS,
        "Subject": "Undelivered",
        "Headers": [
            {"Name": "Return-Path", "Value": f"<{SENDER}>"},
            {"Name": "Auto-Submitted", "Value": "auto-replied"},
        ],
        "TextBody": "It was not delivered",
        "Attachments": [
            {
                "Name": name,
                "ContentType": kind,
                "Content": base64.b64encode(content.encode()).decode(),
            }
            for name, kind, content in [
                ("status", "message/delivery-status", STATUS),
                ("returned", "message/rfc822", ORIGINAL),
            ]
        ],
    }
    mail = the_mail(post("postmark", as_json(document), via="inbound"))
    assert (mail.envelope_recipient, mail.envelope_sender) == (OURS, SENDER)
    is_a_readable_bounce(mail.raw)


BREVO = {
    "Uuid": ["u1"],
    "Headers": {
        "From": SENDER,
        "Return-Path": f"<{SENDER}>",
        "Delivered-To": OURS,
        "Auto-Submitted": "auto-replied",
    },
    "RawTextBody": "It was not delivered",
    "Attachments": [
        {"Name": "status", "ContentType": "message/delivery-status", "DownloadToken": "one/1"},
        {"Name": "returned", "ContentType": "message/rfc822", "DownloadToken": "two"},
    ],
}


def test_a_mail_at_brevo_is_rebuilt_with_the_attachments_that_its_api_has(
    settings: Settings, api: Api
) -> None:
    settings.ANYMAIL = {**KEYS, "BREVO_API_URL": api.url}
    api.serve("/inbound/attachments/one%2F1", STATUS.encode(), "message/delivery-status")
    api.serve("/inbound/attachments/two", ORIGINAL.encode(), "")
    mail = the_mail(post("brevo", as_json({"items": [BREVO]}), via="inbound"))
    assert (mail.envelope_recipient, mail.envelope_sender) == (OURS, SENDER)
    is_a_readable_bounce(mail.raw)
    assert {request["api-key"] for request in api.requests} == {"brevo-key"}


RESEND = {
    "type": "email.received",
    "created_at": "2025-10-09T08:53:20.000Z",
    "data": {"email_id": "re/1", "from": SENDER, "to": ["x@b.example", OURS]},
}


def test_a_mail_at_resend_is_fetched_raw(settings: Settings, api: Api) -> None:
    settings.ANYMAIL = {**KEYS, "RESEND_API_URL": api.url}
    answer = {"id": "re/1", "raw": {"download_url": f"{api.url}raw?signed=1"}}
    api.serve("/emails/receiving/re%2F1", as_json(answer))
    api.serve("/raw?signed=1", RAW)
    mail = the_mail(post("resend", as_json(RESEND), via="inbound"))
    assert mail == InboundMail(raw=RAW, envelope_recipient=OURS)
    asked, fetched = api.requests
    assert asked["Authorization"] == "Bearer resend-key"
    assert "Authorization" not in fetched


MAILTRAP = {"event": "inbound.message_received", "inbox_id": 7, "message_id": "m/1"}


def test_mails_at_mailtrap_are_fetched_raw(settings: Settings, api: Api) -> None:
    settings.ANYMAIL = {**KEYS, "MAILTRAP_API_URL": api.url}
    api.serve("/inbound/inboxes/7/messages/m%2F1", as_json({"raw_message_url": f"{api.url}raw"}))
    api.serve("/raw", RAW)
    posted = post("mailtrap", as_json({"events": [MAILTRAP, MAILTRAP]}), via="inbound")
    parsed = parse(posted)
    assert parsed.mails == (InboundMail(raw=RAW), InboundMail(raw=RAW))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "answered 404"),
        (b"{", "did not answer JSON"),
        (b"{}", "named no raw copy"),
        (b'{"raw":{"download_url":"http://127.0.0.1:9/?secret"}}', r"reached \(ConnectionError\)"),
        (b'{"raw":{"download_url":"ftp://secret/"}}', r"reached \(InvalidSchema\)"),
    ],
)
def test_a_provider_that_gives_no_answer_is_asked_again_later(
    settings: Settings, api: Api, answer: bytes | None, says: str
) -> None:
    settings.ANYMAIL = {**KEYS, "RESEND_API_URL": api.url}
    if answer is not None:
        api.serve("/emails/receiving/re%2F1", answer)
    with pytest.raises(NoAnswer, match=says) as caught:
        parse(post("resend", as_json(RESEND), via="inbound"))
    assert "secret" not in str(caught.value)


def test_a_provider_that_trickles_is_given_up(
    settings: Settings, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ANYMAIL = {**KEYS, "RESEND_API_URL": api.url}
    monkeypatch.setattr(asking, "_PATIENCE", -1)
    api.serve("/emails/receiving/re%2F1", b"{}")
    with pytest.raises(NoAnswer, match="too slow"):
        parse(post("resend", as_json(RESEND), via="inbound"))


def test_a_fetched_mail_may_be_no_larger_than_a_posted_one(settings: Settings, api: Api) -> None:
    settings.ANYMAIL = {**KEYS, "RESEND_API_URL": api.url}
    settings.CRM_NOTIFY = {"INBOUND_LIMIT": 10}
    api.serve("/emails/receiving/re%2F1", b"{" + b" " * 20)
    (unreadable,) = parse(post("resend", as_json(RESEND), via="inbound")).unreadable
    assert "too large" in unreadable.error


@pytest.mark.parametrize(
    ("provider", "document", "says"),
    [
        ("resend", {"type": "email.sent", "data": {}}, "no event of Resend about a received"),
        ("resend", {"type": "email.received", "data": {}}, "without the id"),
        ("mailtrap", {"events": [{"event": "delivery"}]}, "without the ids"),
        ("brevo", {"event": "delivered"}, "*tracking* webhook URL"),
        ("mailjet", {"Headers": {"Subject": "a\nb"}}, "linefeed"),
        ("amazon_ses", posts.sns({"notificationType": "Received"}), "SNS action"),
        ("postmark", {"RawEmail": " "}, "empty mail"),
    ],
)
def test_a_post_without_its_mail_says_what_is_wrong(
    provider: str, document: Any, says: str
) -> None:
    parsed = parse(post(provider, as_json(document), via="inbound"))
    assert parsed.mails == ()
    (unreadable,) = parsed.unreadable
    assert says in unreadable.error


def test_an_envelope_is_cut_and_made_harmless() -> None:
    message = {"rcpt_to": "x\r\n\x00" + "y" * 500, "mail_from": 5, "message": "Subject: x"}
    mail = the_mail(post("postal", as_json(message), via="inbound"))
    assert mail.envelope_recipient == "x " + "y" * 318
    assert mail.envelope_sender == ""
