"""Why a message was not delivered: whom the words and the codes of a mail system blame.

The words come first, since codes are often vague or wrong; but an address is only called dead
where the code does not contradict.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from crm_notify.rules.bounce.codes import is_vague
from crm_notify.rules.bounce.phrases import PHRASES, Topic
from crm_notify.rules.bounce.wording import occurs
from crm_notify.rules.evidence import Blame


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Whose fault a failure is, and whether the address is dead for good."""

    blame: Blame
    dead: bool = False
    #: The subjects of exact codes (the middle digit) that know better than the words.
    yields_to: str = ""


# "5.2.1 User unknown": the mailbox is known well enough to have a state of its own. A policy
# (5.7.x) refuses many an address and host that exist, but nobody hides a stranger behind one.
_UNKNOWN_THERE = Reason(blame=Blame.ADDRESS, dead=True, yields_to="2")
_DEAD = Reason(blame=Blame.ADDRESS, dead=True, yields_to="27")
_ADDRESS = Reason(blame=Blame.ADDRESS)
MAILBOX = Reason(blame=Blame.MAILBOX)
_POLICY = Reason(blame=Blame.POLICY)
_CONTENT = Reason(blame=Blame.CONTENT)
SENDER = Reason(blame=Blame.SENDER)
_SERVER = Reason(blame=Blame.SERVER)
_TROUBLE = Reason(blame=Blame.SERVER, yields_to="127")
_DISABLED = Reason(blame=Blame.MAILBOX, yields_to="1")
UNKNOWN = Reason(blame=Blame.UNKNOWN)

#: The most telling first: "spam" in an answer outweighs "recipient address rejected".
BY_WORDS: dict[Topic, Reason] = {
    Topic.SENDER_UNPROVEN: SENDER,
    Topic.SENDER_REFUSED: SENDER,
    Topic.HOST_UNNAMED: SENDER,
    Topic.TOO_LARGE: MAILBOX,
    Topic.FULL: MAILBOX,
    Topic.GIVEN_UP: _SERVER,
    Topic.LOOP: _SERVER,
    Topic.VIRUS: _CONTENT,
    Topic.BLOCKED: _POLICY,
    Topic.RATE: _POLICY,
    Topic.RELAY: _POLICY,
    Topic.POLICY: _POLICY,
    Topic.CONTENT: _CONTENT,
    Topic.MOVED: _UNKNOWN_THERE,
    Topic.DISABLED: _DISABLED,
    Topic.NO_DOMAIN: _DEAD,
    Topic.NO_MAIL: _DEAD,
    Topic.NO_USER: _UNKNOWN_THERE,
    Topic.SERVER: _TROUBLE,
    Topic.REFUSED_MESSAGE: _POLICY,
    Topic.REFUSED_ADDRESS: _DEAD,
}

#: Enhanced codes (RFC 3463, and the IANA registry of RFC 5248) without their class; a code that
#: stands here only by its subject speaks for all its details.
BY_STATUS: dict[str, Reason] = {
    "1.0": _ADDRESS,
    "1": _DEAD,
    "1.4": _ADDRESS,
    "1.5": UNKNOWN,
    "1.7": SENDER,
    "1.8": SENDER,
    "1.9": _SERVER,
    "2": MAILBOX,
    "3": _SERVER,
    "3.4": MAILBOX,
    "4": _SERVER,
    "5": _SERVER,
    "6": _CONTENT,
    "7": _POLICY,
    "7.13": MAILBOX,
    "7.17": _DEAD,
    "7.18": _DEAD,
    "7.20": SENDER,
    "7.21": SENDER,
    "7.22": SENDER,
    "7.23": SENDER,
    "7.24": SENDER,
    "7.25": SENDER,
    "7.26": SENDER,
    "7.27": SENDER,
}

#: Reply codes (RFC 5321 section 4.2.3) say little about the reason, but better than nothing.
BY_REPLY: dict[str, Reason] = {
    "421": _SERVER,
    "450": MAILBOX,
    "451": _SERVER,
    "452": MAILBOX,
    "521": _DEAD,
    "550": _POLICY,
    "551": _DEAD,
    "552": MAILBOX,
    "553": _ADDRESS,
    "554": _POLICY,
    "556": _DEAD,
}


@lru_cache(maxsize=128)
def by_words(folded: str) -> Reason | None:
    """Return the most telling reason that a folded text names, or None.

    A batch of bounces repeats a few sentences; the last ones are remembered.
    """
    found = (reason for topic, reason in BY_WORDS.items() if occurs(PHRASES[topic], folded))
    return next(found, None)


def by_codes(status: str | None, reply_code: str | None) -> Reason:
    """Return what the codes alone say; a vague enhanced code leaves it to the reply code."""
    if status and status[2:] != "0.0":
        detail = status[2:]
        if reason := BY_STATUS.get(detail, BY_STATUS.get(detail.partition(".")[0])):
            return reason
    if reply_code:
        return BY_REPLY.get(reply_code, _SERVER)
    return UNKNOWN


def weigh(words: Reason | None, status: str | None, reply_code: str | None) -> Reason:
    """Bring words and codes together; the address is dead only where the two agree."""
    codes = by_codes(status, reply_code)
    subject = status.split(".")[1] if status and not is_vague(status) else ""
    yields = words is None or (subject and subject in words.yields_to)
    reason = words if words and not yields else codes
    temporary = (status or reply_code or "5")[0] == "4"
    return Reason(blame=reason.blame) if temporary else reason
