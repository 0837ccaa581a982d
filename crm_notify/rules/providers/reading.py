"""From one tracking event to a reading: one classifier a provider, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import (
    amazon_ses,
    anymail_words,
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mailtrap,
    mandrill,
    postal,
    postmark,
    resend,
    sendgrid,
    sparkpost,
    unisender_go,
)
from crm_notify.rules.providers.raw import as_text

READERS: Mapping[str, Callable[[Reported], Reading]] = {
    "amazon_ses": amazon_ses.read,
    "brevo": brevo.read,
    "mailersend": mailersend.read,
    "mailgun": mailgun.read,
    "mailjet": mailjet.read,
    "mailtrap": mailtrap.read,
    "mandrill": mandrill.read,
    "postal": postal.read,
    "postmark": postmark.read,
    "resend": resend.read,
    "sendgrid": sendgrid.read,
    "sparkpost": sparkpost.read,
    "unisender_go": unisender_go.read,
}


def read(provider: str, reported: Reported) -> Reading:
    """Return what an event of ``provider`` says in our words.

    Nothing in it is trusted to have the type that is documented, and nothing raises: a word that
    is not known is ``Kind.OTHER``, and a failure of a class that is not known is a failure whose
    blame is unknown. A provider that is not in the table is read by Anymail's words alone.
    """
    return READERS.get(provider, anymail_words.read)(_cleaned(reported))


def _cleaned(reported: Reported) -> Reported:
    """Anymail hands a provider's fields on as they came, whatever type they have."""
    raw: object = reported.raw
    return Reported(
        event_type=as_text(reported.event_type),
        reject_reason=as_text(reported.reject_reason),
        mta_response=as_text(reported.mta_response),
        description=as_text(reported.description),
        raw=raw if isinstance(raw, Mapping) else {},
    )
