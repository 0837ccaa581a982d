"""The values in which news from outside is handed from one room to the next."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_notify.rules.evidence import Blame, Kind

#: Headers of our own on a mail that is kept: its envelope (RFC 5321), which the mail does not say.
ENVELOPE_RECIPIENT = "x-envelope-recipient"
ENVELOPE_SENDER = "x-envelope-sender"

#: How much of a mail is looked at for its header, in octets.
HEAD_LIMIT = 64 * 1024
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A webhook request as it was stored: what is needed to read it, now or later."""

    provider: str
    via: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def digest(self) -> str:
        """The same for the same bytes by the same way, so that an import can be repeated."""
        way = f"{self.provider}\n{self.via}\n{self.headers.get(ENVELOPE_RECIPIENT, '')}\n"
        return hashlib.sha256(way.encode("utf-8", "surrogatepass") + self.body).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Reported:
    """One tracking event in Anymail's normalized words, beside the provider's raw fields."""

    event_type: str
    reject_reason: str | None = None
    mta_response: str | None = None
    description: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a provider's event says in our words.

    ``code`` is an enhanced status (RFC 3463) or, where there is none, an SMTP reply code; ``text``
    is the provider's or the receiving server's own; ``raw_kind`` the provider's name of the event;
    ``own_id`` the provider's id of it, only where it is the same on every repetition.
    """

    kind: Kind
    blame: Blame = Blame.NONE
    code: str = ""
    text: str = ""
    raw_kind: str = ""
    own_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One event about one message, with all that the matching ladder climbs by."""

    reading: Reading
    metadata_token: str = ""
    tag_tokens: tuple[str, ...] = ()
    message_id: str = ""
    recipient: str = ""
    occurred_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class InboundMail:
    """One mail that a provider relayed: its raw bytes and the envelope it came with."""

    raw: bytes
    envelope_recipient: str = ""
    envelope_sender: str = ""

    @property
    def head(self) -> str:
        """Its header, as far as it can matter."""
        return _BLANK_LINE.split(self.raw[:HEAD_LIMIT], maxsplit=1)[0].decode("ascii", "replace")


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A part of a request that could not be read, with the reason; the other parts go on."""

    body: bytes
    error: str


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What one request held."""

    heard: tuple[Heard, ...] = ()
    mails: tuple[InboundMail, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
