"""Anymail's own normalized words, where a provider's raw event says nothing that is known."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import plain
from crm_notify.rules.providers.verdict import Verdict, reading

#: By Anymail's EventType. "failed" is the provider's failure to send, not a refusal by the
#: receiving server.
VERDICTS: Mapping[str, Verdict] = {
    "queued": plain.SENT,
    "sent": plain.SENT,
    "rejected": plain.REJECTED,
    "failed": plain.REJECTED,
    "bounced": plain.BOUNCED,
    "deferred": plain.DEFERRED,
    "delivered": plain.DELIVERED,
    "autoresponded": Verdict(kind=Kind.AUTO_REPLIED),
    "opened": plain.OPENED,
    "clicked": plain.CLICKED,
    "complained": plain.COMPLAINED,
    "unsubscribed": plain.UNSUBSCRIBED,
}

#: By Anymail's RejectReason: why a provider refused to send at all.
REFUSALS: Mapping[str, Blame] = {
    "invalid": Blame.ADDRESS,
    "bounced": Blame.ADDRESS,
    "timed_out": Blame.SERVER,
    "blocked": Blame.POLICY,
    "spam": Blame.POLICY,
    "unsubscribed": Blame.POLICY,
}


def read(reported: Reported, *, raw_kind: str = "") -> Reading:
    """Read an event by Anymail's words; ``raw_kind`` is the provider's own where there is one."""
    verdict = VERDICTS.get(reported.event_type, plain.OTHER)
    if verdict.kind is Kind.REJECTED:
        refusal = REFUSALS.get(reported.reject_reason or "", Blame.UNKNOWN)
        verdict = Verdict(kind=Kind.REJECTED, otherwise=refusal)
    return reading(
        verdict,
        raw_kind=raw_kind or reported.event_type,
        said=(reported.mta_response or "", reported.description or ""),
    )
