"""What the bounce reader answers: one frozen value per message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crm_notify.rules.evidence import Blame


class BounceKind(StrEnum):
    """What a message that came to the Return-Path is."""

    FAILURE = "failure"
    DELAY = "delay"
    DELIVERED = "delivered"
    AUTOREPLY = "autoreply"
    CHALLENGE = "challenge"
    COMPLAINT = "complaint"
    REPORT = "report"
    ORDINARY = "ordinary"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """One message, read.

    Three facts stay apart: ``kind`` says whether it failed, ``permanent`` whether the refusal was
    (class 5 of RFC 3463), and ``address_dead`` whether it speaks against the address itself. All
    text comes from outside and is hostile: escape it, never link it.
    """

    kind: BounceKind
    #: Enhanced status code (RFC 3463) such as ``5.1.1``.
    status: str | None = None
    #: SMTP reply code (RFC 5321) such as ``550``.
    reply_code: str | None = None
    #: True for class 5, False for class 4, None where the notice names no code.
    permanent: bool | None = None
    address_dead: bool = False
    #: Whose fault a failure or a delay is; ``Blame.NONE`` for every other kind.
    blame: Blame = Blame.NONE
    #: The reason as the other side wrote it, at most 1,000 characters on one line.
    diagnostic: str = ""
    #: The addresses that the notice is about, the worst news first, at most 50.
    recipients: tuple[str, ...] = ()
    #: What looks like one of our tokens in the returned headers; found by shape, not verified.
    token: str = ""
    #: The notice's own Message-ID, as written.
    message_id: str = ""
    #: The Message-ID of the mail that the notice is about, as written.
    original_message_id: str = ""
    #: Until when somebody is away, as an auto-reply words it.
    away_until: str | None = None
