"""Anymail's own signals: what they bring us is kept, and who else listens hears what came to us."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent, inbound, tracking

from crm_notify.channels.mail import posted_mail
from crm_notify.channels.webhooks.heard import heard_from, plain
from crm_notify.channels.webhooks.request import request_of
from crm_notify.channels.webhooks.views import view_of
from crm_notify.rules import token
from crm_notify.rules.news import Parsed, Posted

SIGNAL = "signal"

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
_SIGNALS = ((AnymailTrackingEvent, tracking), (AnymailInboundEvent, inbound))
#: On an event that came by our own intake: our receivers have it already.
_OURS = "came_by_crm_notify"


def is_ours(event: Any) -> bool:
    """Whether the event came by our own intake."""
    return getattr(event, _OURS, False)


def tell_others(posted: Posted) -> None:
    """Send Anymail's signals for what a webhook brought, for listeners of the host's own.

    To be called once for each receipt, after it was read. What a listener raises is logged by
    Django and stops nobody; with no listener but ours nothing is done.
    """
    by_webhook = posted.via in {"tracking", "inbound"}
    if not by_webhook or not any(len(signal.receivers) > 1 for _, signal in _SIGNALS):
        return
    view = view_of(posted.provider, posted.via)
    for event in view.parse_events(request_of(posted)):
        setattr(event, _OURS, True)
        for kind, signal in _SIGNALS:
            if isinstance(event, kind):
                signal.send_robust(sender=type(view), event=event, esp_name=view.esp_name)


def posted_tracking(provider: str, event: AnymailTrackingEvent) -> Posted:
    """The event as JSON, so that it is read like any other receipt, now or later."""
    fields: dict[str, Any] = {name: getattr(event, name) for name in _FIELDS}
    fields["timestamp"] = event.timestamp.isoformat() if event.timestamp else None
    fields["esp_event"] = plain(event.esp_event)
    body = json.dumps(fields, default=str).encode()
    return Posted(provider=provider, via=SIGNAL, method="", url="", headers={}, body=body)


def posted_inbound(provider: str, event: AnymailInboundEvent) -> Posted | None:
    """The mail, or None where it is to none of our envelope senders and so not ours to keep."""
    recipient = str(event.message.envelope_recipient or event.message.get("To", ""))
    if not token.find(recipient):
        return None
    return posted_mail(
        event.message.as_bytes(),
        recipient=recipient,
        sender=str(event.message.envelope_sender or ""),
        provider=provider,
    )


def parse_signal(posted: Posted) -> Parsed:
    """Read what ``posted_tracking`` wrote."""
    fields = json.loads(posted.body)
    when = fields.pop("timestamp")
    event = AnymailTrackingEvent(
        timestamp=datetime.fromisoformat(when) if when else None,
        **fields,
    )
    return Parsed(heard=(heard_from(posted.provider, event),))
