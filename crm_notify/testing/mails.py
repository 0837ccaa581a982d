"""Mail that comes back to the envelope sender: a bounce of some mail server, or an auto-reply."""

from __future__ import annotations

from email.utils import make_msgid

from crm_notify.management.return_path import keep
from crm_notify.models import Notification
from crm_notify.rules.text import one_line
from crm_notify.senders import for_tenant
from crm_notify.testing.messages import Message
from crm_notify.testing.provider import notification_of, read_and_settle, token_of
from crm_notify.testing.world import quiet_world

_SERVER = "mx.example.net"
#: RFC 3464, as Postfix writes it.
_NOTICE = """\
From: MAILER-DAEMON@{server} (Mail Delivery System)
To: {to}
Subject: {subject}
Message-ID: {id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="notice"

--notice
Content-Type: text/plain; charset=utf-8

This is the mail system at host {server}.

<{address}>: {text}

--notice
Content-Type: message/delivery-status

Reporting-MTA: dns; {server}

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {code} {status} {text}

--notice--
"""
_REPLY = """\
From: {address}
To: {to}
Subject: Automatic reply: out of office
Message-ID: {id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

{text}
"""


def bounce_mail(
    sent: Notification | Message, *, status: str = "5.1.1", text: str = "User unknown"
) -> None:
    """A mail server returns it with a notice (RFC 3464), to its envelope sender.

    ``status`` is the enhanced status code (RFC 3463), of which one that begins with 4 is a delay;
    ``text`` is what the server said. Raises LookupError where it was not sent yet.
    """
    failed = not status.startswith("4")
    _come_back(
        sent,
        _NOTICE,
        subject="Undelivered Mail Returned to Sender" if failed else "Delayed Mail",
        action="failed" if failed else "delayed",
        code="550" if failed else "450",
        status=status,
        text=one_line(text, 200),
    )


def auto_reply(sent: Notification | Message, *, text: str = "I am away until Monday.") -> None:
    """His mailbox answers that he is away: no bounce, and it has arrived.

    Raises LookupError where it was not sent yet.
    """
    _come_back(sent, _REPLY, text=text)


def _come_back(sent: Notification | Message, mail: str, **said: str) -> None:
    notification = notification_of(sent)
    to = f"{token_of(sent)}@{for_tenant(notification.tenant).RETURN_PATH_DOMAIN}"
    raw = mail.format(
        server=_SERVER,
        to=to,
        id=make_msgid(domain=_SERVER),
        address=notification.address,
        **said,
    )
    with quiet_world():
        keep(raw.encode(), recipient=to, sender="")
    read_and_settle()
