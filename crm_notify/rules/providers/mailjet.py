"""Mailjet's events: https://dev.mailjet.com/email/guides/webhooks/."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.raw import is_true_at, text_at
from crm_notify.rules.providers.verdict import Verdict, reading

#: No event has an id of its own.
EVENTS: Mapping[str, Verdict] = {
    # Mailjet's word for "the receiving server took it".
    "sent": plain.DELIVERED,
    "open": plain.OPENED,
    "click": plain.CLICKED,
    "spam": plain.COMPLAINED,
    "unsub": plain.UNSUBSCRIBED,
}

#: ``error`` of a bounce or a block.
CERTAIN: Mapping[str, Blame] = {
    "user unknown": Blame.ADDRESS,
    "mailbox inactive": Blame.ADDRESS,
    "quota exceeded": Blame.MAILBOX,
    "invalid domain": Blame.ADDRESS,
    "typofix": Blame.ADDRESS,
    # On the account's or Mailjet's own lists.
    "preblocked": Blame.ADDRESS,
    "blacklisted": Blame.POLICY,
    "spam reporter": Blame.POLICY,
    "sender blocked": Blame.SENDER,
    "content blocked": Blame.CONTENT,
    # We asked for X-Mailjet-DeduplicateCampaign.
    "duplicate in campaign": Blame.SENDER,
}

#: The same, of which the receiving server's own words know more.
LIKELY: Mapping[str, Blame] = {
    "no mail host": Blame.SERVER,
    "greylisted": Blame.POLICY,
    "relay/access denied": Blame.POLICY,
    "policy issue": Blame.POLICY,
    "system issue": Blame.SERVER,
    "protocol issue": Blame.SERVER,
    "connection issue": Blame.SERVER,
}


def read(reported: Reported) -> Reading:
    raw = reported.raw
    name, error = text_at(raw, "event"), text_at(raw, "error")
    verdict = EVENTS.get(name)
    if name == "bounce":
        verdict = _failure(_bounced(raw, error), error)
    elif name == "blocked":
        verdict = _failure(Kind.REJECTED, error)
    if verdict is None:
        return anymail_words.read(reported, raw_kind=name)
    return reading(
        verdict,
        raw_kind=f"{name}/{error}" if error else name,
        said=(text_at(raw, "smtp_reply"), text_at(raw, "comment")),
        shown=(error,),
    )


def _bounced(raw: Mapping[str, object], error: str) -> Kind:
    if is_true_at(raw, "hard_bounce"):
        return Kind.BOUNCED
    # "Delivery will be re-attempted"; every other soft bounce is Mailjet's last word.
    return Kind.DEFERRED if error == "greylisted" else Kind.EXPIRED


def _failure(kind: Kind, error: str) -> Verdict:
    likely = LIKELY.get(error, Blame.UNKNOWN)
    return Verdict(kind=kind, blame=CERTAIN.get(error), otherwise=likely)
