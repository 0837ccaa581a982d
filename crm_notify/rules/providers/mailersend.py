"""MailerSend's activity events: https://developers.mailersend.com/api/v1/webhooks.html."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.raw import text_at
from crm_notify.rules.providers.verdict import Verdict, reading

#: Anymail does not know "deferred", the "_unique" ones and the surveys.
EVENTS: Mapping[str, Verdict] = {
    "activity.sent": plain.SENT,
    "activity.delivered": plain.DELIVERED,
    "activity.deferred": plain.DEFERRED,
    "activity.soft_bounced": plain.EXPIRED,
    "activity.hard_bounced": Verdict(kind=Kind.BOUNCED, otherwise=Blame.ADDRESS),
    "activity.opened": plain.OPENED,
    "activity.opened_unique": plain.OPENED,
    "activity.clicked": plain.CLICKED,
    "activity.clicked_unique": plain.CLICKED,
    "activity.unsubscribed": plain.UNSUBSCRIBED,
    "activity.spam_complaint": plain.COMPLAINED,
    "activity.survey_opened": plain.OTHER,
    "activity.survey_submitted": plain.OTHER,
}


def read(reported: Reported) -> Reading:
    name = text_at(reported.raw, "type")
    if name not in EVENTS:
        return anymail_words.read(reported, raw_kind=name)
    return reading(
        EVENTS[name],
        raw_kind=name,
        # MailerSend gives a sentence of its own, hardly ever the receiving server's answer.
        said=(reported.description or "",),
        own_id=text_at(reported.raw, "data", "id"),
    )
