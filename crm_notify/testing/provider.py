"""A provider's events about a message that was sent, played by the real way in.

The events are SparkPost's, in its documented shape, whatever the host's own provider is: a message
is known by the token in its metadata. They are received, read and settled as a webhook's.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from crm_notify.channels.signing import sign
from crm_notify.conf import get_settings
from crm_notify.models import Attempt, Notification
from crm_notify.rules.news import Posted
from crm_notify.rules.token import Purpose
from crm_notify.steps.interpret import interpret
from crm_notify.steps.receive import receive
from crm_notify.steps.ring import ring
from crm_notify.testing.ahead import ahead
from crm_notify.testing.messages import Message
from crm_notify.testing.world import quiet_world

#: What is to blame: SparkPost's class of the bounce, the SMTP code and the server's words.
_BOUNCES = {
    "address": ("10", "550", "550 5.1.1 <{address}>: no such user"),
    "mailbox": ("22", "552", "552 5.2.2 <{address}>: mailbox full"),
    "policy": ("50", "554", "554 5.7.1 <{address}>: message refused"),
    "content": ("52", "554", "554 5.6.0 message looks like spam"),
    "server": ("24", "451", "451 4.4.1 connection timed out"),
}


def bounce(sent: Notification | Message, *, blame: str = "address", text: str = "") -> None:
    """It did not arrive: ``blame`` is address, mailbox, policy, content or server.

    ``text`` is what the other server said. Raises LookupError where it was not sent yet.
    """
    if blame not in _BOUNCES:
        raise ValueError(f"{blame!r} is not one of {', '.join(_BOUNCES)}.")
    bounce_class, code, said = _BOUNCES[blame]
    reason = text or said.format(address=notification_of(sent).address)
    _play(sent, "bounce", bounce_class=bounce_class, error_code=code, raw_reason=reason)


def deliver_report(sent: Notification | Message) -> None:
    """The recipient's server took it. Raises LookupError where it was not sent yet."""
    _play(sent, "delivery")


def defer(sent: Notification | Message) -> None:
    """It is late, and the provider tries again. Raises LookupError where it was not sent yet."""
    _play(sent, "delay", error_code="451", raw_reason="451 4.7.1 greylisted, try again later")


def complain(sent: Notification | Message) -> None:
    """He says that it is spam. Raises LookupError where it was not sent yet."""
    _play(sent, "spam_complaint")


def unsubscribe(sent: Notification | Message) -> None:
    """He wants no more such mail. Raises LookupError where it was not sent yet."""
    _play(sent, "list_unsubscribe")


def notification_of(sent: Notification | Message) -> Notification:
    """The notification that is meant."""
    return sent.notification if isinstance(sent, Message) else sent


def token_of(sent: Notification | Message) -> str:
    """The token with which it last went out; raises LookupError where it did not."""
    row = notification_of(sent)
    attempt = Attempt.objects.filter(notification=row.pk).order_by("-pk").first()
    if attempt is None:
        raise LookupError(f"{row} was not sent yet: call crm_notify.testing.deliver() first.")
    return sign(attempt.pk, Purpose.NOTIFICATION, get_settings())


def read_and_settle() -> None:
    """Read what has come in, and let the sinks know."""
    with quiet_world():
        interpret()
    with quiet_world():
        ring()


def _play(sent: Notification | Message, kind: str, **said: Any) -> None:
    address = notification_of(sent).address
    event = {
        "type": kind,
        "event_id": str(uuid4()),
        "transmission_id": f"test-{uuid4()}",
        "rcpt_to": address,
        "raw_rcpt_to": address,
        "rcpt_meta": {"crm_notify": token_of(sent)},
        "timestamp": str(int(ahead.now().timestamp())),
        **said,
    }
    posted = Posted(
        provider="sparkpost",
        via="tracking",
        method="POST",
        url="https://testserver/webhooks/sparkpost/tracking/",
        headers={"content-type": "application/json"},
        body=json.dumps([{"msys": {"message_event": event}}]).encode(),
    )
    with quiet_world():
        receive(posted)
    read_and_settle()
