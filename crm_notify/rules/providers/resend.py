"""Resend's events: https://resend.com/docs/webhooks/event-types."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import amazon_ses, anymail_words, plain
from crm_notify.rules.providers.raw import as_text, at, items_at, text_at
from crm_notify.rules.providers.verdict import Verdict, reading

EVENTS: Mapping[str, Verdict] = {
    "email.sent": plain.SENT,
    "email.delivered": plain.DELIVERED,
    "email.delivery_delayed": plain.DEFERRED,
    "email.complained": plain.COMPLAINED,
    "email.opened": plain.OPENED,
    "email.clicked": plain.CLICKED,
    "email.scheduled": plain.OTHER,
    # Such as "reached_daily_quota": our own account, or our own request.
    "email.failed": Verdict(kind=Kind.REJECTED, blame=Blame.SENDER),
}

#: Older events have no type, only a sentence; the most telling first.
SENTENCES: Mapping[str, tuple[str, str]] = {
    "suppressed sending": ("Permanent", "OnAccountSuppressionList"),
    "inbox was full": ("Transient", "MailboxFull"),
    "hard bounce": ("Permanent", "General"),
    "general bounce": ("Transient", "General"),
}


def read(reported: Reported) -> Reading:
    """The event's own id is the header svix-id, which is no part of the raw event."""
    name = text_at(reported.raw, "type")
    data = at(reported.raw, "data")
    if name == "email.bounced":
        return _bounce(at(data, "bounce"))
    if name == "email.suppressed":
        return _suppressed(at(data, "suppressed"))
    if name not in EVENTS:
        return anymail_words.read(reported, raw_kind=name)
    return reading(EVENTS[name], raw_kind=name, shown=(text_at(data, "failed", "reason"),))


def _bounce(bounce: object) -> Reading:
    message = text_at(bounce, "message")
    kind, subtype = text_at(bounce, "type"), text_at(bounce, "subType")
    if not kind:
        found = (named for words, named in SENTENCES.items() if words in message)
        kind, subtype = next(found, ("", ""))
    answers = tuple(as_text(answer) for answer in items_at(bounce, "diagnosticCode"))
    return reading(
        amazon_ses.bounce(kind, subtype, answers) if kind else plain.BOUNCED,
        raw_kind="/".join(part for part in ("email.bounced", kind, subtype) if part),
        said=answers,
        shown=(message,),
    )


def _suppressed(suppressed: object) -> Reading:
    reason = text_at(suppressed, "type")
    known = amazon_ses.BOUNCES.get(("Permanent", reason))
    return reading(
        known or Verdict(kind=Kind.REJECTED, otherwise=Blame.POLICY),
        raw_kind=f"email.suppressed/{reason}" if reason else "email.suppressed",
        shown=(text_at(suppressed, "message"),),
    )
