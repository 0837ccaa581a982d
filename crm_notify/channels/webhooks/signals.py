"""What Anymail's own signals brought, kept as bytes like everything else that comes in."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent

from crm_notify.channels.webhooks.heard import heard_from, plain
from crm_notify.rules import token
from crm_notify.rules.news import InboundMail, Parsed, Posted

SIGNAL = "signal"
MAIL = "mail"
#: Headers of our own on a kept mail.
RECIPIENT = "x-envelope-recipient"
SENDER = "x-envelope-sender"

_FIELDS = (
    "event_type",
    "event_id",
    "description",
    "message_id",
    "metadata",
    "mta_response",
    "recipient",
    "reject_reason",
    "tags",
)


def posted_tracking(provider: str, event: AnymailTrackingEvent) -> Posted:
    """The event as JSON, so that it is read like any other receipt, now or later."""
    fields: dict[str, Any] = {name: getattr(event, name) for name in _FIELDS}
    fields["timestamp"] = event.timestamp.isoformat() if event.timestamp else None
    fields["esp_event"] = plain(event.esp_event)
    body = json.dumps(fields, default=str).encode()
    return _posted(provider, SIGNAL, body, {})


def posted_mail(provider: str, event: AnymailInboundEvent) -> Posted | None:
    """The mail, or None where it is to none of our envelope senders and so not ours to keep."""
    recipient = str(event.message.envelope_recipient or event.message.get("To", ""))
    if not token.find(recipient):
        return None
    sender = str(event.message.envelope_sender or "")
    return _posted(provider, MAIL, event.message.as_bytes(), {RECIPIENT: recipient, SENDER: sender})


def parse_signal(posted: Posted) -> Parsed:
    """Read what ``posted_tracking`` wrote."""
    fields = json.loads(posted.body)
    when = fields.pop("timestamp")
    event = AnymailTrackingEvent(
        timestamp=datetime.fromisoformat(when) if when else None,
        **fields,
    )
    return Parsed(heard=(heard_from(posted.provider, event),))


def parse_mail(posted: Posted) -> Parsed:
    """Read what ``posted_mail`` kept, or any mail that came in whole."""
    mail = InboundMail(
        raw=posted.body,
        envelope_recipient=posted.headers.get(RECIPIENT, ""),
        envelope_sender=posted.headers.get(SENDER, ""),
    )
    return Parsed(mails=(mail,))


def _posted(provider: str, via: str, body: bytes, headers: dict[str, str]) -> Posted:
    return Posted(provider=provider, via=via, method="", url="", headers=headers, body=body)
