"""SparkPost's events: https://developers.sparkpost.com/api/webhooks/."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import WEIGHT, Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.bounce_classes import CLASSES
from crm_notify.rules.providers.raw import at, text_at
from crm_notify.rules.providers.verdict import Verdict, reading

EVENTS: Mapping[str, Verdict] = {
    "injection": plain.SENT,
    "delivery": plain.DELIVERED,
    "delay": plain.DEFERRED,
    # 554 5.7.1: suppressed, or against SparkPost's own rules.
    "policy_rejection": Verdict(kind=Kind.REJECTED, otherwise=Blame.POLICY),
    "generation_rejection": Verdict(kind=Kind.REJECTED, otherwise=Blame.POLICY),
    "generation_failure": Verdict(kind=Kind.REJECTED, blame=Blame.CONTENT),
    "spam_complaint": plain.COMPLAINED,
    "list_unsubscribe": plain.UNSUBSCRIBED,
    "link_unsubscribe": plain.UNSUBSCRIBED,
    "open": plain.OPENED,
    "initial_open": plain.OPENED,
    "amp_open": plain.OPENED,
    "amp_initial_open": plain.OPENED,
    "click": plain.CLICKED,
    "amp_click": plain.CLICKED,
}


def read(reported: Reported) -> Reading:
    event = at(reported.raw, "msys", "*")
    name = text_at(event, "type")
    number = text_at(event, "bounce_class")
    verdict = EVENTS.get(name)
    if name == "out_of_band":
        verdict = CLASSES.get(number, plain.BOUNCED)
    elif name == "bounce":
        verdict = _in_session(CLASSES.get(number, plain.BOUNCED))
    if verdict is None:
        return anymail_words.read(reported, raw_kind=name)
    return reading(
        verdict,
        raw_kind=f"{name}/{number}" if number else name,
        codes=(text_at(event, "error_code"),),
        said=(text_at(event, "raw_reason"), text_at(event, "reason")),
        own_id=text_at(event, "event_id"),
    )


def _in_session(verdict: Verdict) -> Verdict:
    """Inside the SMTP session the server refused, even where its words look like a reply.

    Anymail calls class 60 an auto-reply in both cases; counted as one, a refusal would be a
    delivery.
    """
    return verdict if WEIGHT[verdict.kind].is_failure else Verdict(kind=Kind.UNCLEAR)
