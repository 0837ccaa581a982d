"""Postal's events: https://docs.postalserver.io/developer/webhooks."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.raw import at, text_at
from crm_notify.rules.providers.verdict import Verdict, reading

#: Anymail decides by ``status``, which MessageLoaded and the last three have not.
EVENTS: Mapping[str, Verdict] = {
    "MessageSent": plain.DELIVERED,
    "MessageDelayed": plain.DEFERRED,
    # A bounce mail came to Postal's return path; the webhook does not say what stands in it.
    "MessageBounced": plain.BOUNCED,
    "MessageLinkClicked": plain.CLICKED,
    "MessageLoaded": plain.OPENED,
    "DomainDNSError": plain.OTHER,
    "SendLimitApproaching": plain.OTHER,
    "SendLimitExceeded": plain.OTHER,
}

#: What ``details`` of MessageDeliveryFailed begins with. Everything else is Postal's own refusal:
#: a domain that was removed, a message that was purged.
FAILURES: Mapping[str, Verdict] = {
    "Permanent SMTP delivery error": plain.BOUNCED,
    "Maximum number of delivery attempts": Verdict(kind=Kind.EXPIRED, otherwise=Blame.SERVER),
    "Message is likely spam": Verdict(kind=Kind.REJECTED, blame=Blame.CONTENT),
}


def read(reported: Reported) -> Reading:
    payload = at(reported.raw, "payload")
    name = text_at(reported.raw, "event")
    details, answer = text_at(payload, "details"), text_at(payload, "output")
    verdict = EVENTS.get(name)
    if name == "MessageDeliveryFailed":
        verdict = _failed(details)
    elif name == "MessageHeld":
        verdict = _held(details)
    if verdict is None:
        return anymail_words.read(reported, raw_kind=name)
    return reading(
        verdict,
        raw_kind=name,
        said=(answer,),
        shown=(details,),
        # The same on all six attempts of a webhook.
        own_id=text_at(reported.raw, "uuid"),
    )


def _failed(details: str) -> Verdict:
    known = (verdict for words, verdict in FAILURES.items() if details.startswith(words))
    return next(known, Verdict(kind=Kind.REJECTED, otherwise=Blame.SENDER))


def _held(details: str) -> Verdict:
    """Held until somebody releases it at Postal, or days later it lapses without an event."""
    if "suppression list" in details:
        return Verdict(kind=Kind.REJECTED, blame=Blame.ADDRESS)
    # A send limit, a suspended server, a credential or server in development mode.
    return Verdict(kind=Kind.UNCLEAR, blame=Blame.SENDER)
