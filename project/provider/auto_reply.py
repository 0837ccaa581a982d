"""The out-of-office reply of a mailbox, as SparkPost's relay webhook hands it on.

The reply is as in RFC 3834: from nobody, to the Return-Path, marked `auto-replied`. Like
Exchange, and against section 2 of that RFC, it also answers mail that is itself marked automatic.
Source of the outer shape: developers.sparkpost.com/api/relay-webhooks.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from project.provider.events import CUSTOMER_ID, Event
from project.provider.messages import WIRE, Message

_TEXT = "I am out of the office and will read your message when I am back.\n"


def auto_reply(message: Message, *, at: float) -> Event:
    """The relay event for the answer to `message`, written `at` seconds since the epoch."""
    reply = _compose(message, at)
    content = {
        "email_rfc822": reply.as_bytes().decode("utf-8"),
        "email_rfc822_is_base64": False,
        "headers": [{name: str(value)} for name, value in reply.items()],
        "subject": str(reply["Subject"]),
        "text": _TEXT,
        "to": [message.return_path],
    }
    fields = {
        "content": content,
        "customer_id": CUSTOMER_ID,
        "friendly_from": message.recipient,
        "msg_from": "",
        "protocol": "smtp",
        "rcpt_to": message.return_path,
        "webhook_id": "1",
    }
    return {"msys": {"relay_message": fields}}


def _compose(message: Message, at: float) -> EmailMessage:
    original = message.header("Message-ID")
    reply = EmailMessage(policy=WIRE)
    reply["Return-Path"] = "<>"
    reply["From"] = message.recipient
    reply["To"] = message.return_path
    reply["Subject"] = f"Automatic reply: {message.subject}"
    reply["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
    reply["Message-ID"] = f"<{secrets.token_hex(10)}@{message.recipient.rpartition('@')[2]}>"
    reply["In-Reply-To"] = original
    reply["References"] = f"{message.header('References')} {original}".strip()
    reply["Auto-Submitted"] = "auto-replied"
    reply["X-Auto-Response-Suppress"] = "All"
    reply.set_content(_TEXT)
    return reply
