"""The mails in an inbound post: as the provider has them, or as near to that as it tells."""

from __future__ import annotations

from typing import Any

from crm_notify.channels.webhooks.asking import deadline, mail_of_mailtrap, mail_of_resend
from crm_notify.channels.webhooks.request import content_type_of, request_of
from crm_notify.rules.body import raw_mails
from crm_notify.rules.body.document import canonical, dig, document, items
from crm_notify.rules.body.mails import recipient_of
from crm_notify.rules.news import InboundMail, Posted
from crm_notify.rules.text import printable

#: An address of 320 octets is the longest that RFC 5321 section 4.5.3.1 allows.
_MAX_ADDRESS = 320


def mails_of(view: Any, posted: Posted) -> tuple[InboundMail, ...]:
    """Return the mails; raise NoAnswer where a provider's API had to be asked in vain.

    Anything else that is raised is the fault of the body.
    """
    mails = raw_mails(posted.provider, content_type_of(posted), posted.body)
    if mails is None:
        found = _ASKED.get(canonical(posted.provider), _rebuilt)
        mails = found(view, posted)
    return tuple(_tidy(mail) for mail in mails)


def _of_resend(view: Any, posted: Posted) -> list[InboundMail]:
    event = document(posted.provider, posted.via, "", posted.body)
    if dig(event, "type") != "email.received":
        raise ValueError("This is no event of Resend about a received mail.")
    raw = mail_of_resend(view, event, until=deadline())
    return [InboundMail(raw=raw, envelope_recipient=recipient_of(dig(event, "data", "to")))]


def _of_mailtrap(view: Any, posted: Posted) -> list[InboundMail]:
    events = items(dig(document(posted.provider, posted.via, "", posted.body), "events"))
    until = deadline()
    return [InboundMail(raw=mail_of_mailtrap(view, event, until=until)) for event in events]


def _rebuilt(view: Any, posted: Posted) -> list[InboundMail]:
    """Write the parsed mail out again, with all headers; Anymail makes it a multipart/mixed."""
    return [
        InboundMail(
            raw=event.message.as_bytes(),
            envelope_recipient=event.message.envelope_recipient or "",
            envelope_sender=event.message.envelope_sender or "",
        )
        for event in view.parse_events(request_of(posted))
    ]


_ASKED = {"mailtrap": _of_mailtrap, "resend": _of_resend}


def _tidy(mail: InboundMail) -> InboundMail:
    return InboundMail(
        raw=mail.raw,
        envelope_recipient=printable(mail.envelope_recipient, _MAX_ADDRESS),
        envelope_sender=printable(mail.envelope_sender, _MAX_ADDRESS),
    )
