"""The events that SparkPost's webhooks carry, with the fields documented for each kind.

Source: developers.sparkpost.com/api/webhooks, event types. Numbers travel as strings there, and
flags as booleans. Addresses of hosts are from the ranges that RFC 5737 keeps for documentation.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from project.provider.mailboxes import Step
from project.provider.messages import Message

Event = dict[str, Any]
"""One element of a batch: {"msys": {class: fields}}."""

PING: Event = {"msys": {}}
"""What SparkPost posts to see whether a webhook answers."""

CUSTOMER_ID = "1"
_SENDING_IP = "192.0.2.25"
_RECEIVING_IP = "198.51.100.25"

# Fields beyond the common ones, by kind of event.
_CONNECTION = frozenset({"ip_address", "num_retries", "delv_method", "queue_time"})
_REFUSAL = frozenset({"bounce_class", "error_code", "raw_reason", "reason"})
_REPORT = frozenset({"fbtype", "report_by", "report_to", "user_str"})
FIELDS: Mapping[str, frozenset[str]] = {
    "injection": frozenset(),
    "delivery": _CONNECTION | {"outbound_tls"},
    "delay": _CONNECTION | _REFUSAL | {"outbound_tls"},
    "bounce": _CONNECTION - {"queue_time"} | _REFUSAL,
    "out_of_band": _CONNECTION | _REFUSAL,
    "spam_complaint": _CONNECTION | _REPORT,
    "policy_rejection": _REFUSAL | {"remote_addr"},
}


def message_event(message: Message, step: Step, *, at: float, retries: int) -> Event:
    """What the provider posts about `step`, which happened `at` seconds since the epoch.

    `retries` counts the attempts at delivery before this one.
    """
    special = {
        "ip_address": _RECEIVING_IP,
        "num_retries": str(retries),
        "delv_method": "esmtp",
        "queue_time": str(round((at - message.accepted_at) * 1000)),
        "outbound_tls": "1",
        "bounce_class": step.bounce_class,
        "error_code": _code(step.reply),
        "raw_reason": step.reply.format(address=message.recipient),
        "reason": step.reply.format(address="..."),
        "remote_addr": "127.0.0.1",
        "fbtype": "abuse",
        "report_by": _domain(message.recipient),
        "report_to": "abuse@local-provider.example",
        "user_str": "Reported by the owner of the mailbox",
    }
    wanted = FIELDS[step.kind]
    fields = _common(message) | {name: special[name] for name in wanted if special[name]}
    fields |= {"type": step.kind, "event_id": _number(), "timestamp": str(int(at))}
    return {"msys": {"message_event": dict(sorted(fields.items()))}}


def broken_event() -> Event:
    """An event that cannot be read: it has no type, and fields of the wrong kind."""
    fields = {"event_id": _number(), "timestamp": "soon", "rcpt_meta": "none", "raw_rcpt_to": 7}
    return {"msys": {"message_event": fields}}


def event_id(event: Event) -> str:
    """The provider's id of the event; empty for a ping and for a relayed mail."""
    return next((str(fields.get("event_id", "")) for fields in event["msys"].values()), "")


def event_kind(event: Event) -> str:
    """The kind of the event, in one word."""
    for name, fields in event["msys"].items():
        return name if name == "relay_message" else str(fields.get("type", "broken"))
    return "ping"


def new_transmission_id() -> str:
    """A number of 17 digits, as text."""
    return _number(17)


def _common(message: Message) -> dict[str, Any]:
    domain = _domain(message.recipient)
    fields = {
        "amp_enabled": False,
        "click_tracking": False,
        "customer_id": CUSTOMER_ID,
        "friendly_from": message.sender_address,
        "initial_pixel": False,
        "injection_time": _iso(message.accepted_at),
        "ip_pool": "default",
        "mailbox_provider": "Other",
        "mailbox_provider_region": "Global",
        "message_id": message.id,
        "msg_from": message.return_path,
        "msg_size": str(len(message.raw)),
        "open_tracking": False,
        "raw_rcpt_to": message.recipient,
        "rcpt_hash": hashlib.sha1(message.mailbox.encode(), usedforsecurity=False).hexdigest(),
        "rcpt_meta": dict(message.metadata),
        "rcpt_tags": list(message.tags),
        "rcpt_to": message.mailbox,
        "recipient_domain": domain,
        "recv_method": "rest",
        "routing_domain": domain,
        "sending_domain": _domain(message.sender_address),
        "sending_ip": _SENDING_IP,
        "subject": message.subject,
        "template_id": f"template_{message.transmission_id}",
        "template_version": "0",
        "transactional": "1" if message.transactional else "0",
        "transmission_id": message.transmission_id,
    }
    return fields | ({"campaign_id": message.campaign_id} if message.campaign_id else {})


def _iso(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def _code(reply: str) -> str:
    """The SMTP code that a reply begins with, or nothing: an automatic reply has none."""
    return reply[:3] if reply[:3].isdigit() else ""


def _number(digits: int = 18) -> str:
    first = 10 ** (digits - 1)
    return str(first + secrets.randbelow(9 * first))
