"""For a host's own tests: what would be sent to whom, what comes back, and time that passes.

Works in Django's TestCase and TransactionTestCase and with pytest. Nothing here reaches the
network or wakes a broker: mail goes to ``django.core.mail.outbox``, and a message by another
channel is returned by whatever sent it. All else is the real thing. See docs/testing.md.
"""

from __future__ import annotations

from crm_notify.testing.clock import Clock, move_clock
from crm_notify.testing.commit import committed
from crm_notify.testing.mails import auto_reply, bounce_mail
from crm_notify.testing.messages import Message, alerts, outbox, told
from crm_notify.testing.provider import (
    bounce,
    complain,
    defer,
    deliver_report,
    unsubscribe,
)
from crm_notify.testing.work import deliver, work

__all__ = [
    "Clock",
    "Message",
    "alerts",
    "auto_reply",
    "bounce",
    "bounce_mail",
    "committed",
    "complain",
    "defer",
    "deliver",
    "deliver_report",
    "move_clock",
    "outbox",
    "told",
    "unsubscribe",
    "work",
]
