"""Webhooks as bytes: a line with provider, via and content type, then the body."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from crm_notify.channels.webhooks import NAMES
from crm_notify.rules.news import Posted
from tests.channels.webhooks import posts
from tests.channels.webhooks.posts import BOUNCES, FORM, JSON, OURS, as_json, post
from tests.channels.webhooks.test_inbound import MULTIPART, RAW, SENDER, STATUS, multipart
from tests.channels.webhooks.test_recorded import RECORDED, recorded

#: Provider, via and content type.
Names = tuple[str, str, str]
_PAIRS = sorted(NAMES)

_BASE64 = base64.b64encode(RAW).decode()
_ENVELOPE = json.dumps({"to": [OURS], "from": SENDER})
_HEADERS = [{"Name": "Return-Path", "Value": f"<{SENDER}>"}, {"Name": "To", "Value": OURS}]
_FORMS: dict[str, list[dict[str, Any]]] = {
    "mailgun": [
        {"body-mime": RAW, "recipient": OURS, "sender": SENDER, "timestamp": "1"},
        {
            "recipient": OURS,
            "timestamp": "1",
            "message-headers": json.dumps([["From", SENDER], ["To", OURS]]),
            "body-plain": "It was not delivered",
            "attachment-count": "1",
            "attachment-1": ("", "message/delivery-status", STATUS),
        },
    ],
    "sendgrid": [
        {"email": RAW, "envelope": _ENVELOPE},
        {
            "headers": f"From: {SENDER}\nTo: {OURS}\n",
            "text": "It was not delivered",
            "charsets": json.dumps({"text": "iso-8859-1"}),
            "envelope": _ENVELOPE,
            "attachment-info": json.dumps({"attachment1": {"filename": ""}}),
            "attachment1": ("", "message/delivery-status", STATUS),
        },
    ],
}
_ATTACHED = {"Name": "x", "ContentType": "message/delivery-status", "Content": _BASE64}
_DOCUMENTS: dict[str, Any] = {
    "amazon_ses": posts.sns(
        {
            "notificationType": "Received",
            "mail": {"source": SENDER},
            "receipt": {"recipients": [OURS], "action": {"type": "SNS", "encoding": "BASE64"}},
            "content": _BASE64,
        }
    ),
    "mailersend": {"data": {"raw": RAW.decode("latin-1"), "recipients": {"rcptTo": []}}},
    "mailjet": {
        "Sender": SENDER,
        "Recipient": OURS,
        "Headers": {"From": [SENDER], "Content-Type": "text/plain"},
        "Parts": [{"Headers": {"Content-Type": "text/plain"}, "ContentRef": "Text-part"}],
        "Text-part": "It was not delivered",
    },
    "postal": {"rcpt_to": OURS, "mail_from": SENDER, "base64": True, "message": _BASE64},
    "postmark": {"RawEmail": RAW.decode("latin-1"), "OriginalRecipient": OURS, "Headers": _HEADERS},
    "postmark, parsed": {
        "FromFull": {"Email": SENDER, "Name": ""},
        "ToFull": [{"Email": OURS, "Name": "", "MailboxHash": ""}],
        "Headers": _HEADERS,
        "TextBody": "It was not delivered",
        "Attachments": [_ATTACHED],
    },
    "sparkpost": [
        {
            "msys": {
                "relay_message": {
                    "rcpt_to": OURS,
                    "content": {"email_rfc822": _BASE64, "email_rfc822_is_base64": True},
                }
            }
        }
    ],
}


def put_together(names: Names, body: bytes) -> bytes:
    return "\t".join(names).encode() + b"\n" + body


def taken_apart(data: bytes) -> tuple[Names, bytes]:
    """Any bytes are a post: of the provider that they name, else of one that they pick."""
    line, _, body = data.partition(b"\n")
    words = line.decode("latin-1").split("\t")
    if len(words) == 3 and tuple(words[:2]) in NAMES:
        return (words[0], words[1], words[2]), body
    provider, via = _PAIRS[len(data) % len(_PAIRS)]
    return (provider, via, JSON), body


def seeds() -> Iterator[bytes]:
    """What providers document, and a bounce relayed by each that can."""
    for request in [*map(recorded, RECORDED), *(request for request, _ in BOUNCES.values())]:
        yield _as_bytes(request)
    for provider, forms in _FORMS.items():
        for form in forms:
            yield _as_bytes(post(provider, multipart(form), via="inbound", content_type=MULTIPART))
    for name, document in _DOCUMENTS.items():
        yield _as_bytes(post(name.partition(",")[0], as_json(document), via="inbound"))
    mandrill = {"event": "inbound", "msg": {"raw_msg": RAW.decode("latin-1"), "email": OURS}}
    yield _as_bytes(post("mandrill", posts.mandrill(mandrill), via="inbound", content_type=FORM))


def _as_bytes(request: Posted) -> bytes:
    return put_together(
        (request.provider, request.via, request.headers["content-type"]), request.body
    )
