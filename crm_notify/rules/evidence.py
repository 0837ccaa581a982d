"""What the world told us about a message, and the one strict order in which evidence weighs."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Evidence(IntEnum):
    """How far a message is known to have come; the higher value wins, in any order of news."""

    NONE = 0
    HANDED_OVER = 10
    SENT = 20
    DEFERRED = 30
    UNCLEAR = 40
    DELIVERED = 50
    REFUSED = 70
    REJECTED = 75
    EXPIRED = 80
    BOUNCED = 90

    @property
    def is_failure(self) -> bool:
        return self >= Evidence.REFUSED


class Blame(StrEnum):
    """Whose fault a failure is. Only ``ADDRESS`` speaks against the address itself."""

    NONE = ""
    ADDRESS = "address"
    MAILBOX = "mailbox"
    POLICY = "policy"
    CONTENT = "content"
    SENDER = "sender"
    SERVER = "server"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What an event says, in one vocabulary for providers, bounce mail, people and the sweep."""

    # Told by a provider or by bounce mail.
    SENT = "sent"
    DEFERRED = "deferred"
    UNCLEAR = "unclear"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    EXPIRED = "expired"
    BOUNCED = "bounced"
    AUTO_REPLIED = "auto_replied"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    OPENED = "opened"
    CLICKED = "clicked"
    OTHER = "other"
    # Told by a person.
    SEEN = "seen"
    STATED = "stated"
    CLOSED = "closed"
    # The sweep's verdicts on time.
    UNCONFIRMED = "unconfirmed"
    PRESUMED = "presumed"


#: What each kind of event weighs. A reply or a complaint can only come from a delivered mail; an
#: open or a click moves nothing, since proxies and link scanners open everything.
WEIGHT: dict[Kind, Evidence] = {
    Kind.SENT: Evidence.SENT,
    Kind.DEFERRED: Evidence.DEFERRED,
    Kind.UNCLEAR: Evidence.UNCLEAR,
    Kind.DELIVERED: Evidence.DELIVERED,
    Kind.REJECTED: Evidence.REJECTED,
    Kind.EXPIRED: Evidence.EXPIRED,
    Kind.BOUNCED: Evidence.BOUNCED,
    Kind.AUTO_REPLIED: Evidence.DELIVERED,
    Kind.COMPLAINED: Evidence.DELIVERED,
    Kind.UNSUBSCRIBED: Evidence.DELIVERED,
    Kind.OPENED: Evidence.NONE,
    Kind.CLICKED: Evidence.NONE,
    Kind.OTHER: Evidence.NONE,
    Kind.SEEN: Evidence.NONE,
    Kind.STATED: Evidence.NONE,
    Kind.CLOSED: Evidence.NONE,
    Kind.UNCONFIRMED: Evidence.NONE,
    Kind.PRESUMED: Evidence.NONE,
}


def of_attempt(weights: Iterable[int]) -> Evidence:
    """The evidence about one attempt: the maximum, so any order and any repetition agree."""
    return Evidence(max(weights, default=Evidence.NONE))


def of_notification(attempts: Iterable[Evidence], *, of_any: Evidence = Evidence.NONE) -> Evidence:
    """Fold attempts into one: a delivery by any attempt beats the failure of another.

    ``of_any`` is what is known of the message but not of which attempt. It may be about any of
    them, so it weighs on each: a bounce of the only attempt undoes its delivery.
    """
    known = {max(evidence, of_any) for evidence in attempts} or {of_any}
    return Evidence.DELIVERED if Evidence.DELIVERED in known else max(known)
