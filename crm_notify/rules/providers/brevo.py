"""Brevo's transactional events: https://developers.brevo.com/docs/transactional-webhooks."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.raw import text_at
from crm_notify.rules.providers.verdict import Verdict, is_permanent, reading

#: No event has an id of its own: ``id`` is the webhook's.
EVENTS: Mapping[str, Verdict] = {
    # Accepted; "blocked" may still follow.
    "request": plain.SENT,
    "delivered": plain.DELIVERED,
    "deferred": plain.DEFERRED,
    "soft_bounce": plain.EXPIRED,
    "hard_bounce": Verdict(kind=Kind.BOUNCED, otherwise=Blame.ADDRESS),
    "invalid_email": Verdict(kind=Kind.REJECTED, blame=Blame.ADDRESS),
    # The contact is on Brevo's blocklist: hard bounces, complaints and the account's own entries
    # are not told apart.
    "blocked": Verdict(kind=Kind.REJECTED, blame=Blame.POLICY),
    "error": plain.REJECTED,
    # The documentation has the one name, some events carry the other.
    "spam": plain.COMPLAINED,
    "complaint": plain.COMPLAINED,
    "unsubscribe": plain.UNSUBSCRIBED,
    "opened": plain.OPENED,
    "unique_opened": plain.OPENED,
    "proxy_open": plain.OPENED,
    "unique_proxy_open": plain.OPENED,
    "click": plain.CLICKED,
    "list_addition": plain.OTHER,
}

#: Brevo files some plain refusals ("550 5.1.1 User unknown") under these.
OFTEN_REFUSALS = frozenset({"deferred", "invalid_email"})


def read(reported: Reported) -> Reading:
    name = text_at(reported.raw, "event")
    if name not in EVENTS:
        return anymail_words.read(reported, raw_kind=name)
    verdict = EVENTS[name]
    answer = text_at(reported.raw, "reason")
    if name in OFTEN_REFUSALS and is_permanent([answer]):
        verdict = Verdict(kind=Kind.BOUNCED, otherwise=Blame.ADDRESS)
    return reading(verdict, raw_kind=name, said=(answer,))
