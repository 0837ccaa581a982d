"""The mails in an inbound post, byte for byte, from providers that post them so.

Anymail parses them and loses the structure of ``multipart/report``, which bounce mail is made of.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from crm_notify.rules import token
from crm_notify.rules.body.document import (
    MISSING,
    canonical,
    decode,
    dig,
    document,
    items,
    sns_message,
    text,
)
from crm_notify.rules.news import InboundMail

_EMPTY_EVENT: dict[str, Any] = {"msys": {}}


def carries_mail(provider: str, via: str, content_type: str, body: bytes) -> bool:
    """Whether the post relays mail; Mandrill posts mail and events to one URL.

    Raises ValueError where that cannot be seen.
    """
    if canonical(provider) != "mandrill":
        return via == "inbound"
    events = items(document(provider, via, content_type, body))
    return any(dig(event, "event") == "inbound" for event in events)


def raw_mails(provider: str, content_type: str, body: bytes) -> list[InboundMail] | None:
    """Return the mails of an inbound post, or None where this post has them only in parsed form.

    What JSON holds as text is given as UTF-8. Raises ValueError where a mail is missing, empty or
    not what an inbound post should hold.
    """
    provider = canonical(provider)
    reader = _READERS.get(provider)
    if reader is None:
        return None
    return reader(document(provider, "inbound", content_type, body))


def recipient_of(candidates: object) -> str:
    """Of the envelope recipients the one that looks like ours, else the first."""
    addresses = [address for address in items(candidates) if isinstance(address, str)]
    ours = (address for address in addresses if token.find(address))
    return next(ours, addresses[0] if addresses else "")


def _amazon_ses(value: Any) -> list[InboundMail]:
    """docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html"""
    message = sns_message(value)
    if dig(message, "notificationType") != "Received":
        raise ValueError("This is no notification of Amazon SES about a received mail.")
    action = dig(message, "receipt", "action")
    if dig(action, "type") != "SNS":
        raise ValueError(
            f"Amazon SES told of a mail without the mail itself (action {dig(action, 'type')!r}, "
            f"object {dig(action, 'objectKey')!r}). Give the receipt rule an SNS action, which "
            "posts mail of up to 150 KB."
        )
    encoded = str(dig(action, "encoding")).upper() == "BASE64"
    return [
        InboundMail(
            raw=_raw(dig(message, "content"), encoded=encoded),
            envelope_recipient=recipient_of(dig(message, "receipt", "recipients")),
            envelope_sender=text(dig(message, "mail", "source")),
        )
    ]


def _mailersend(value: Any) -> list[InboundMail]:
    """developers.mailersend.com/api/v1/inbound.html"""
    recipients = items(dig(value, "data", "recipients", "rcptTo"))
    return [
        InboundMail(
            raw=_raw(dig(value, "data", "raw")),
            envelope_recipient=recipient_of([dig(item, "email") for item in recipients]),
            envelope_sender=text(dig(value, "data", "sender", "email")),
        )
    ]


def _mailgun(value: Any) -> list[InboundMail] | None:
    """Where the route's URL ends with "mime":
    documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http
    """
    if not isinstance(value, Mapping) or "body-mime" not in value:
        return None
    return [
        InboundMail(
            raw=_raw(value["body-mime"]),
            envelope_recipient=text(value.get("recipient")),
            envelope_sender=text(value.get("sender")),
        )
    ]


def _mandrill(value: Any) -> list[InboundMail]:
    """mailchimp.com/developer/transactional/docs/webhooks, inbound messages"""
    return [_mandrill_mail(event) for event in items(value)]


def _mandrill_mail(event: Any) -> InboundMail:
    if dig(event, "event") != "inbound":
        raise ValueError("An event stands among inbound mails.")
    return InboundMail(
        raw=_raw(dig(event, "msg", "raw_msg")),
        envelope_recipient=text(dig(event, "msg", "email")),
    )


def _postal(value: Any) -> list[InboundMail]:
    """An HTTP endpoint set to "raw message": docs.postalserver.io/developer/http-payloads"""
    return [
        InboundMail(
            raw=_raw(dig(value, "message"), encoded=dig(value, "base64") is True),
            envelope_recipient=text(dig(value, "rcpt_to")),
            envelope_sender=text(dig(value, "mail_from")),
        )
    ]


def _postmark(value: Any) -> list[InboundMail] | None:
    """Where raw mail is switched on: postmarkapp.com/developer/webhooks/inbound-webhook"""
    raw = dig(value, "RawEmail")
    if raw is MISSING:
        return None
    # Postmark puts the envelope sender before the mail's own headers; a later one is no proof.
    first, *_ = items(dig(value, "Headers")) or [None]
    is_envelope = text(dig(first, "Name")).lower() == "return-path"
    return [
        InboundMail(
            raw=_raw(raw),
            envelope_recipient=text(dig(value, "OriginalRecipient")),
            envelope_sender=text(dig(first, "Value")).strip("<> ") if is_envelope else "",
        )
    ]


def _sendgrid(value: Any) -> list[InboundMail] | None:
    """Where "send raw" is checked:
    twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook
    """
    if "email" not in value or "headers" in value:
        return None
    try:
        envelope = decode(value.get("envelope", b""))
    except ValueError:
        envelope = None
    return [
        InboundMail(
            raw=_raw(value["email"]),
            envelope_recipient=recipient_of(dig(envelope, "to")),
            envelope_sender=text(dig(envelope, "from")),
        )
    ]


def _sparkpost(value: Any) -> list[InboundMail]:
    """developers.sparkpost.com/api/relay-webhooks"""
    return [_sparkpost_mail(event) for event in items(value) if event != _EMPTY_EVENT]


def _sparkpost_mail(event: Any) -> InboundMail:
    relayed = dig(event, "msys", "relay_message")
    encoded = dig(relayed, "content", "email_rfc822_is_base64") is True
    return InboundMail(
        raw=_raw(dig(relayed, "content", "email_rfc822"), encoded=encoded),
        envelope_recipient=text(dig(relayed, "rcpt_to")),
        envelope_sender=text(dig(relayed, "msg_from")),
    )


#: Brevo, Mailjet, Mailtrap and Resend do not post the mail as it was.
_READERS: dict[str, Callable[[Any], list[InboundMail] | None]] = {
    "amazon_ses": _amazon_ses,
    "mailersend": _mailersend,
    "mailgun": _mailgun,
    "mandrill": _mandrill,
    "postal": _postal,
    "postmark": _postmark,
    "sendgrid": _sendgrid,
    "sparkpost": _sparkpost,
}


def _raw(content: Any, *, encoded: bool = False) -> bytes:
    if isinstance(content, bytes):
        raw = content
    elif isinstance(content, str):
        raw = base64.b64decode(content) if encoded else content.encode("utf-8", "replace")
    else:
        raise ValueError("The post holds no mail.")
    # What decodes to nothing is as empty as what was nothing.
    if not raw.strip():
        raise ValueError("The post holds an empty mail.")
    return raw
