"""Unisender Go's events: https://godocs.unisender.ru/web-api-ref#callback-format."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.raw import text_at
from crm_notify.rules.providers.verdict import Verdict, reading

#: No event has an id of its own; the ID header is another on every attempt.
EVENTS: Mapping[str, Verdict] = {
    "accepted": plain.SENT,
    "sent": plain.SENT,
    "delivered": plain.DELIVERED,
    "opened": plain.OPENED,
    "clicked": plain.CLICKED,
    "unsubscribed": plain.UNSUBSCRIBED,
    "subscribed": plain.OTHER,
    "spam": plain.COMPLAINED,
    # Tried again for two days, then "hard_bounced" or "delivered".
    "soft_bounced": plain.DEFERRED,
}

#: ``delivery_status`` of a hard bounce; it only comes where the webhook asks for delivery_info.
FAILURES: Mapping[str, Verdict] = {
    "err_user_unknown": Verdict(kind=Kind.BOUNCED, blame=Blame.ADDRESS),
    "err_user_inactive": Verdict(kind=Kind.BOUNCED, blame=Blame.ADDRESS),
    "err_mailbox_discarded": Verdict(kind=Kind.BOUNCED, blame=Blame.ADDRESS),
    "err_domain_inactive": Verdict(kind=Kind.BOUNCED, blame=Blame.ADDRESS),
    "err_no_dns": Verdict(kind=Kind.BOUNCED, blame=Blame.ADDRESS),
    "err_mailbox_full": Verdict(kind=Kind.EXPIRED, blame=Blame.MAILBOX),
    "err_too_large": Verdict(kind=Kind.BOUNCED, blame=Blame.CONTENT),
    "err_spam_rejected": Verdict(kind=Kind.BOUNCED, blame=Blame.POLICY),
    "err_blacklisted": Verdict(kind=Kind.BOUNCED, blame=Blame.POLICY),
    "err_destination_misconfigured": Verdict(kind=Kind.BOUNCED, blame=Blame.SERVER),
    "err_no_smtp": Verdict(kind=Kind.EXPIRED, blame=Blame.SERVER),
    "err_giveup": Verdict(kind=Kind.EXPIRED, otherwise=Blame.SERVER),
    # Not sent: because of what happened before, or through a fault of Unisender's own.
    "err_unreachable": Verdict(kind=Kind.REJECTED, blame=Blame.ADDRESS),
    "skip_dup_unreachable": Verdict(kind=Kind.REJECTED, blame=Blame.ADDRESS),
    "err_dest_invalid": Verdict(kind=Kind.REJECTED, blame=Blame.ADDRESS),
    "err_skip_letter": Verdict(kind=Kind.REJECTED, blame=Blame.MAILBOX),
    "skip_dup_mailbox_full": Verdict(kind=Kind.REJECTED, blame=Blame.MAILBOX),
    "skip_dup_temp_unreachable": Verdict(kind=Kind.REJECTED, blame=Blame.SERVER),
    "err_unsubscribed": Verdict(kind=Kind.REJECTED, blame=Blame.POLICY),
    "err_spam_skipped": Verdict(kind=Kind.REJECTED, blame=Blame.POLICY),
    "err_spam_removed": Verdict(kind=Kind.REJECTED, blame=Blame.POLICY),
    "err_src_invalid": Verdict(kind=Kind.REJECTED, blame=Blame.SENDER),
    "err_lost": Verdict(kind=Kind.REJECTED, blame=Blame.SERVER),
    "err_internal": Verdict(kind=Kind.REJECTED, blame=Blame.SERVER),
}


def read(reported: Reported) -> Reading:
    name, detail = text_at(reported.raw, "status"), ""
    verdict = EVENTS.get(name)
    if name == "hard_bounced":
        detail = text_at(reported.raw, "delivery_info", "delivery_status")
        verdict = FAILURES.get(detail, plain.BOUNCED)
    if verdict is None:
        return anymail_words.read(reported, raw_kind=name)
    return reading(
        verdict,
        raw_kind=f"{name}/{detail}" if detail else name,
        said=(text_at(reported.raw, "delivery_info", "destination_response"),),
        shown=(detail,),
    )
