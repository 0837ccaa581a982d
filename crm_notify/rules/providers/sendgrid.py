"""SendGrid's events: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.raw import text_at
from crm_notify.rules.providers.verdict import Verdict, is_permanent, reading

EVENTS: Mapping[str, Verdict] = {
    "processed": plain.SENT,
    "delivered": plain.DELIVERED,
    "deferred": plain.DEFERRED,
    "open": plain.OPENED,
    "click": plain.CLICKED,
    "spamreport": plain.COMPLAINED,
    "unsubscribe": plain.UNSUBSCRIBED,
    "group_unsubscribe": plain.UNSUBSCRIBED,
    "group_resubscribe": plain.OTHER,
    "account_status_change": plain.OTHER,
}

#: ``reason`` of a drop, in lower case: SendGrid did not send.
DROPS: Mapping[str, Blame] = {
    "bounced address": Blame.ADDRESS,
    "invalid": Blame.ADDRESS,
    "unsubscribed address": Blame.POLICY,
    "spam reporting address": Blame.POLICY,
    "spam content": Blame.CONTENT,
    "invalid smtpapi header": Blame.SENDER,
    "recipient list over package quota": Blame.SENDER,
}

#: ``bounce_classification``, in lower case.
CLASSES: Mapping[str, Blame] = {
    "invalid address": Blame.ADDRESS,
    "mailbox unavailable": Blame.MAILBOX,
    "content": Blame.CONTENT,
    "reputation": Blame.POLICY,
    "frequency or volume too high": Blame.POLICY,
    "technical": Blame.SERVER,
}


#: SendGrid's own words, not an answer: the domain is wrong, or its name servers were away.
NO_SERVER = "unable to get mx info"


def read(reported: Reported) -> Reading:
    """``sg_event_id`` is not taken for an own id: it is made for deduplication, but nothing
    promises that a repetition carries the same one.
    """
    raw = reported.raw
    name, detail = text_at(raw, "event"), ""
    status, reason = text_at(raw, "status"), text_at(raw, "reason")
    verdict = EVENTS.get(name)
    said: tuple[str, ...] = (text_at(raw, "response"), reason)
    if name == "bounce":
        detail = text_at(raw, "type")
        verdict = _bounce(detail, text_at(raw, "bounce_classification"), (status, reason))
    elif name == "dropped":
        # A status of 5.0.0 stands here although no server was asked.
        blame = DROPS.get(reason.lower())
        verdict, status, said = Verdict(kind=Kind.REJECTED, blame=blame), "", ()
    if verdict is None:
        return anymail_words.read(reported, raw_kind=name)
    return reading(
        verdict,
        raw_kind=f"{name}/{detail}" if detail else name,
        codes=(status,),
        said=said,
        shown=(reason,),
    )


def _bounce(kind: str, classification: str, sources: tuple[str, ...]) -> Verdict:
    """A "blocked" one may come back in the session, or after 72 hours of trying in vain."""
    if NO_SERVER in sources[-1]:
        return Verdict(kind=Kind.EXPIRED, blame=Blame.SERVER)
    likely = CLASSES.get(classification.lower(), Blame.UNKNOWN)
    if kind == "expired" or (kind == "blocked" and not is_permanent(sources)):
        return Verdict(kind=Kind.EXPIRED, otherwise=likely)
    if kind == "blocked" and likely is Blame.UNKNOWN:
        likely = Blame.POLICY
    return Verdict(kind=Kind.BOUNCED, otherwise=likely)
