"""A mail that came in whole, with the envelope that it came in."""

from __future__ import annotations

from crm_notify.rules.news import (
    ENVELOPE_RECIPIENT,
    ENVELOPE_SENDER,
    InboundMail,
    Parsed,
    Posted,
)

MAIL = "mail"
#: The provider of what our own mail server hands over.
OWN_SERVER = "smtp"


def posted_mail(
    raw: bytes, *, recipient: str, sender: str = "", provider: str = OWN_SERVER
) -> Posted:
    """The mail, byte for byte, and to whom it came by its envelope (RFC 5321 section 3.3)."""
    headers = {ENVELOPE_RECIPIENT: recipient, ENVELOPE_SENDER: sender}
    return Posted(provider=provider, via=MAIL, method="", url="", headers=headers, body=raw)


def parse_mail(posted: Posted) -> Parsed:
    """Read what ``posted_mail`` kept."""
    mail = InboundMail(
        raw=posted.body,
        envelope_recipient=posted.headers.get(ENVELOPE_RECIPIENT, ""),
        envelope_sender=posted.headers.get(ENVELOPE_SENDER, ""),
    )
    return Parsed(mails=(mail,))
