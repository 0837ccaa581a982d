"""What the pipe and the mail server do alike: know our addresses, and keep a mail to one."""

from __future__ import annotations

from crm_notify.channels.mail import posted_mail
from crm_notify.conf import get_settings
from crm_notify.models import Installation, Receipt
from crm_notify.rules import token
from crm_notify.rules.token import Purpose
from crm_notify.steps.hold import intake
from crm_notify.steps.receive import receive

#: How mail servers write the null sender of a notice (RFC 5321 section 4.5.5) in an argument.
_NULL_SENDERS = {"", "<>", "MAILER-DAEMON"}


def is_ours(recipient: str) -> bool:
    """Whether it is an envelope sender that we have signed; no database is asked.

    The domain is not looked at: bounces to a former one are still ours. A Message-ID is not taken
    for an address, since everybody to whom a mail was forwarded can read it.
    """
    conf = get_settings()
    for text in token.find(recipient):
        found = token.read(text, keys=conf.RETURN_PATH_KEYS, installation=conf.INSTALLATION)
        if found is not None and found.purpose is Purpose.NOTIFICATION:
            return True
    return False


def is_closed() -> bool:
    """Whether mail is to be sent away so that it comes again; raises DatabaseError."""
    return intake() == Installation.Intake.CLOSED


def keep(raw: bytes, *, recipient: str, sender: str) -> Receipt:
    """Store a mail that our own mail server hands over; committed when this returns."""
    posted = posted_mail(
        raw,
        recipient=recipient.strip().removeprefix("<").removesuffix(">"),
        sender="" if sender.strip() in _NULL_SENDERS else sender.strip(),
    )
    return receive(posted, verdict=Receipt.Verdict.OWN)
