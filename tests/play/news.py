"""What providers post and what mail comes back, about any attempt and of any meaning."""

from __future__ import annotations

import json

from crm_notify.channels.signing import sign
from crm_notify.conf import get_settings
from crm_notify.models import Attempt
from crm_notify.rules.news import Posted
from crm_notify.rules.token import Purpose
from tests.posts import UNKNOWN_USER, sparkpost

#: SparkPost's events, and what makes each mean what its name says.
NEWS: dict[str, dict[str, str]] = {
    "sent": {"type": "injection"},
    "deferred": {"type": "delay", "error_code": "451", "raw_reason": "451 4.7.1 greylisted"},
    "unclear": {"type": "bounce", "bounce_class": "60", "raw_reason": "I am away"},
    "delivered": {"type": "delivery"},
    "opened": {"type": "open"},
    "away": {"type": "out_of_band", "bounce_class": "60", "raw_reason": "I am away"},
    "rejected": {"type": "policy_rejection", "raw_reason": "550 5.7.1 suppressed"},
    "bounced": {"type": "bounce", **UNKNOWN_USER},
    "full": {"type": "bounce", "bounce_class": "22", "raw_reason": "552 5.2.2 mailbox full"},
    "returned": {"type": "out_of_band", "bounce_class": "1", "raw_reason": "something"},
}
AWAY = (
    "From: john@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\n"
    "Message-ID: <{id}@example.com>\n\nI am away until Monday.\n"
)
NOTICE = (
    "From: MAILER-DAEMON@mx.example\nSubject: Delivery status\nMessage-ID: <{id}@mx.example>\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\n'
    "See below.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example"
    "\n\nFinal-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n\n--b--\n"
)
MAILS: dict[str, str] = {
    "away": AWAY,
    "delayed": NOTICE.replace("{action}", "delayed").replace("{status}", "4.4.1"),
    "failed": NOTICE.replace("{action}", "failed").replace("{status}", "5.1.1"),
}


def tracked(attempt: Attempt, kind: str, *, named: bool, number: int) -> Posted:
    """SparkPost's post about an attempt; without its token it is known by its message id only."""
    event = sparkpost(
        token(attempt.pk) if named else "",
        NEWS[kind]["type"],
        recipient=attempt.address,
        **{"transmission_id": f"id of {attempt.pk}", "event_id": str(number), **NEWS[kind]},
    )
    return _posted("tracking", json.dumps([event]).encode(), {})


def mailed(attempt: Attempt, kind: str, *, named: bool, number: int) -> Posted:
    """A mail to the Return-Path, or one that names nothing but the notification's Message-ID."""
    name = token(attempt.pk) if named else token(attempt.notification_id, Purpose.MESSAGE)
    raw = MAILS[kind].format(id=number, to=attempt.address).encode()
    return _posted("mail", raw, {"x-envelope-recipient": f"{name}@bounces.crm.example"})


def token(attempt: int, purpose: Purpose = Purpose.NOTIFICATION) -> str:
    return sign(attempt, purpose, get_settings())


def _posted(via: str, body: bytes, headers: dict[str, str]) -> Posted:
    return Posted(provider="sparkpost", via=via, method="POST", url="", headers=headers, body=body)
