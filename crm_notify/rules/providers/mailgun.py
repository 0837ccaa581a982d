"""Mailgun's events: https://documentation.mailgun.com/docs/mailgun/user-manual/events/events."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, mailgun_legacy, plain
from crm_notify.rules.providers.raw import at, text_at
from crm_notify.rules.providers.verdict import Verdict, reading

EVENTS: Mapping[str, Verdict] = {
    "accepted": plain.SENT,
    "delivered": plain.DELIVERED,
    # Refused when it was handed over: a virus, or an account that may not send.
    "rejected": Verdict(kind=Kind.REJECTED, otherwise=Blame.SENDER),
    "opened": plain.OPENED,
    "clicked": plain.CLICKED,
    "unsubscribed": plain.UNSUBSCRIBED,
    "complained": plain.COMPLAINED,
    "stored": plain.OTHER,
}

#: The reason of a permanent failure; all others were refusals by the receiving server. Codes of
#: 600 and above are Mailgun's own.
FAILURES: Mapping[str, Verdict] = {
    "suppress-bounce": Verdict(kind=Kind.REJECTED, blame=Blame.ADDRESS),
    "suppress-complaint": Verdict(kind=Kind.REJECTED, blame=Blame.POLICY),
    "suppress-unsubscribe": Verdict(kind=Kind.REJECTED, blame=Blame.POLICY),
    "espblock": Verdict(kind=Kind.BOUNCED, otherwise=Blame.POLICY),
    "old": Verdict(kind=Kind.EXPIRED, otherwise=Blame.SERVER),
}

#: How Mailgun begins to say that a domain takes no mail; its reason is "generic".
NO_MX = "No MX for "


def read(reported: Reported) -> Reading:
    event = at(reported.raw, "event-data")
    if event is None:
        return mailgun_legacy.read(reported)
    name, detail = text_at(event, "event"), ""
    status = at(event, "delivery-status")
    verdict = EVENTS.get(name)
    if name == "failed":
        reason, severity = text_at(event, "reason"), text_at(event, "severity")
        detail = "/".join(part for part in (severity, reason) if part)
        verdict = _failed(severity, reason, text_at(status, "message"))
    if verdict is None:
        return anymail_words.read(reported, raw_kind=name)
    return reading(
        verdict,
        raw_kind=f"{name}/{detail}" if detail else name,
        codes=(text_at(status, "enhanced-code"), text_at(status, "code")),
        said=(
            text_at(status, "message"),
            text_at(status, "description"),
            text_at(event, "reject", "reason"),
        ),
        # Unique within a day, which is enough beside the time; Anymail's event id is a token of
        # the request's signature.
        own_id=text_at(event, "id"),
    )


def _failed(severity: str, reason: str, message: str) -> Verdict:
    if severity == "temporary":
        return plain.DEFERRED
    if message.startswith(NO_MX):
        return Verdict(kind=Kind.BOUNCED, otherwise=Blame.ADDRESS)
    return FAILURES.get(reason, plain.BOUNCED)
