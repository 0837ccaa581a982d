"""Mailgun's form posts from before 2018, which some domains still send."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.raw import text_at
from crm_notify.rules.providers.verdict import Verdict, is_permanent, reading

EVENTS: Mapping[str, Verdict] = {
    "delivered": plain.DELIVERED,
    "bounced": plain.BOUNCED,
    "opened": plain.OPENED,
    "clicked": plain.CLICKED,
    "unsubscribed": plain.UNSUBSCRIBED,
    "complained": plain.COMPLAINED,
}

#: Mailgun's own codes: it did not send, because of what happened before.
SUPPRESSED: Mapping[str, Blame] = {
    "605": Blame.ADDRESS,
    "606": Blame.POLICY,
    "607": Blame.POLICY,
}


def read(reported: Reported) -> Reading:
    raw = reported.raw
    name = text_at(raw, "event")
    code, reason = text_at(raw, "code"), text_at(raw, "reason")
    said = (text_at(raw, "error"), text_at(raw, "notification"), text_at(raw, "description"))
    verdict = _dropped(code, reason) if name == "dropped" else EVENTS.get(name)
    if verdict is None:
        return anymail_words.read(reported, raw_kind=name)
    return reading(
        verdict,
        raw_kind=f"{name}/{reason}" if reason and name == "dropped" else name,
        codes=(code,),
        said=said,
    )


def _dropped(code: str, reason: str) -> Verdict:
    if code in SUPPRESSED:
        return Verdict(kind=Kind.REJECTED, blame=SUPPRESSED[code])
    if reason == "old":
        return Verdict(kind=Kind.EXPIRED, otherwise=Blame.SERVER)
    return plain.BOUNCED if is_permanent([code]) else plain.REJECTED
