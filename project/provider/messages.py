"""One mail to one recipient, as it arrives: the envelope, and the message that was built."""

from __future__ import annotations

import base64
import binascii
import email.policy
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from project.provider.errors import invalid
from project.provider.mailboxes import mailbox_of
from project.provider.substitution import substitute
from project.provider.transmissions import Attachment, Recipient, Transmission

WIRE = email.policy.SMTP.clone(max_line_length=998)
"""How messages are written: folded only where RFC 5322, section 2.1.1, demands it, since Python
3.11 makes encoded words of a long Message-ID when it folds it."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One mail to one recipient. `accepted_at` is in seconds since the epoch.

    `id` is SparkPost's message_id and no header; `headers` are those of the message itself, in
    its order, decoded; `raw` is the message in the bytes that the mailbox gets.
    """

    id: str
    transmission_id: str
    accepted_at: float
    recipient: str
    return_path: str
    subject: str
    sender: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    metadata: Mapping[str, Any]
    tags: tuple[str, ...]
    campaign_id: str
    transactional: bool
    raw: bytes

    @property
    def mailbox(self) -> str:
        return mailbox_of(self.recipient)

    @property
    def sender_address(self) -> str:
        return parseaddr(self.sender)[1]

    def header(self, name: str) -> str:
        """The value of the first header of that name, or an empty string."""
        wanted = name.casefold()
        return next((value for key, value in self.headers if key.casefold() == wanted), "")


def messages_of(transmission: Transmission, *, transmission_id: str, now: float) -> list[Message]:
    """One message for each recipient; raises ApiError where no message can be built."""
    return [_message(transmission, each, transmission_id, now) for each in transmission.recipients]


def _message(
    transmission: Transmission, recipient: Recipient, transmission_id: str, now: float
) -> Message:
    content = transmission.content

    def fill(text: str, *, escape: bool = False) -> str:
        if not transmission.substitute:
            return text
        return substitute(text, recipient.substitutions, escape=escape)

    message_id = secrets.token_hex(10)
    sender, subject = fill(content.sender), fill(content.subject)
    text, html = fill(content.text), fill(content.html, escape=True)
    return_path = recipient.return_path or f"bounces-{message_id}@mail.local-provider.example"
    headers = {
        "Return-Path": f"<{return_path}>",
        "From": sender,
        "To": recipient.header_to,
        "Subject": subject,
        "Date": format_datetime(datetime.fromtimestamp(now, UTC)),
        "Message-ID": f"<{message_id}@mail.local-provider.example>",
        "Reply-To": fill(content.reply_to),
    }
    given = {name: fill(value) for name, value in content.headers.items()}
    built = EmailMessage(policy=WIRE)
    try:
        for name, value in _merged(headers, given):
            built[name] = value
        _fill_body(built, text, html, content.attachments)
        raw = built.as_bytes()
    # All that Python's parser and writer of headers were seen to raise on hostile ones.
    except (MessageError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise invalid(f"No message can be built of this: {error}") from error
    return Message(
        id=message_id,
        transmission_id=transmission_id,
        accepted_at=now,
        recipient=recipient.address,
        return_path=return_path,
        subject=subject,
        sender=sender,
        text=text,
        html=html,
        headers=tuple((name, str(value)) for name, value in built.items()),
        metadata=recipient.metadata,
        tags=recipient.tags,
        campaign_id=transmission.campaign_id,
        transactional=transmission.transactional,
        raw=raw,
    )


def _merged(own: Mapping[str, str], given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The headers to write: what the sender gives replaces the provider's own of that name.

    All but Return-Path: it shows the envelope sender, and is written by who delivers (RFC 5321,
    section 4.4).
    """
    theirs = {name: value for name, value in given.items() if name.casefold() != "return-path"}
    replaced = {name.casefold() for name in theirs}
    yield from ((name, own[name]) for name in own if name.casefold() not in replaced and own[name])
    yield from theirs.items()


def _fill_body(
    built: EmailMessage, text: str, html: str, attachments: tuple[Attachment, ...]
) -> None:
    if text or not html:
        built.set_content(text)
    if html and text:
        built.add_alternative(html, subtype="html")
    elif html:
        built.set_content(html, subtype="html")
    for each in attachments:
        main, _, sub = each.type.partition(";")[0].strip().partition("/")
        try:
            data = base64.b64decode(each.data, validate=True)
        except binascii.Error as error:
            raise invalid(f"The attachment {each.name!r} is not base64") from error
        built.add_attachment(
            data,
            maintype=main,
            subtype=sub,
            filename=each.name,
            disposition="inline" if each.inline else "attachment",
            cid=f"<{each.name}>" if each.inline else None,
        )
