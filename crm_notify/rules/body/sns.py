"""What Amazon SNS itself asks of the admins, beside the notifications that it carries."""

from __future__ import annotations

import re
from typing import Any

from crm_notify.rules.body.document import dig, text
from crm_notify.rules.evidence import Kind
from crm_notify.rules.news import Reading

#: Where SNS has its own pages; a URL from elsewhere must not be opened.
_OF_AMAZON = re.compile(r"https://sns\.[a-z0-9-]{1,30}\.amazonaws\.com(\.cn)?/[!-~]{1,700}")

#: What SNS says by each type of message, and what its link is for.
_ASKS = {
    "SubscriptionConfirmation": (
        "Amazon SNS asks whether the topic {topic} may post here.",
        "It was answered yes where SNS had signed it; to allow it by hand, open {url}",
    ),
    "UnsubscribeConfirmation": (
        "Amazon SNS has stopped posting the topic {topic} here.",
        "To have it again, open {url}",
    ),
}


def request_to_admins(value: Any) -> Reading | None:
    """Return what an SNS message asks somebody to do, or None where it asks nothing.

    docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
    """
    kind = text(dig(value, "Type"))
    if kind not in _ASKS:
        return None
    says, link = _ASKS[kind]
    url = text(dig(value, "SubscribeURL"))
    if not _OF_AMAZON.fullmatch(url):
        link = "Its link does not lead to Amazon: do not open it."
    topic = text(dig(value, "TopicArn"))[:200]
    return Reading(
        kind=Kind.OTHER,
        raw_kind=kind,
        text=f"{says.format(topic=topic)} {link.format(url=url)}",
        own_id=text(dig(value, "MessageId")),
    )
