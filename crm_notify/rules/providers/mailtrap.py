"""Mailtrap's events: https://docs.mailtrap.io/email-api-smtp/advanced/webhooks."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.raw import text_at
from crm_notify.rules.providers.verdict import Verdict, reading

EVENTS: Mapping[str, Verdict] = {
    "delivery": plain.DELIVERED,
    "open": plain.OPENED,
    "click": plain.CLICKED,
    "spam": plain.COMPLAINED,
    "unsubscribe": plain.UNSUBSCRIBED,
    # Held because of our own account (a daily limit, a review): it may go out later or never, and
    # no other event is promised.
    "suspension": Verdict(kind=Kind.UNCLEAR, blame=Blame.SENDER),
}

BOUNCES: Mapping[str, Kind] = {"bounce": Kind.BOUNCED, "soft bounce": Kind.DEFERRED}

#: ``bounce_category``; the list is not published, these two stand in the examples.
CATEGORIES: Mapping[str, Blame] = {
    "spam": Blame.POLICY,
    "greylisting": Blame.SERVER,
}


def read(reported: Reported) -> Reading:
    raw = reported.raw
    name, reason = text_at(raw, "event"), text_at(raw, "reason")
    verdict = EVENTS.get(name)
    if name in BOUNCES:
        blame = CATEGORIES.get(text_at(raw, "bounce_category"))
        verdict = Verdict(kind=BOUNCES[name], blame=blame)
    elif name == "reject":
        verdict = Verdict(kind=Kind.REJECTED, blame=_refusal(reason))
    if verdict is None:
        return anymail_words.read(reported, raw_kind=name)
    return reading(
        verdict,
        raw_kind=name,
        codes=(text_at(raw, "response_code"),),
        said=(text_at(raw, "response"),),
        shown=(reason,),
        # Meant for idempotency, says the documentation.
        own_id=text_at(raw, "event_id"),
    )


def _refusal(reason: str) -> Blame:
    """The list says why: "Recipient in suppression list. Reason: unsubscription"."""
    return Blame.ADDRESS if "bounce" in reason.lower() else Blame.POLICY
