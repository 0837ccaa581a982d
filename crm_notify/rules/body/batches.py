"""A batch of events cut into bodies of one event each, which the same Anymail view can read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crm_notify.rules.body.document import canonical, dig, document, encode, items

#: No provider batches more (Mandrill, the one that says so, up to 1,000).
MAX_EVENTS = 10_000


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """Where a provider's events stand in the decoded body, and how one alone is written down."""

    events: Callable[[Any], list[Any]]
    alone: Callable[[Any], bytes]


def _under(key: str) -> _Batch:
    """A list under one key, which is all of the body that Anymail reads."""
    return _Batch(
        events=lambda value: items(dig(value, key)),
        alone=lambda event: encode({key: [event]}),
    )


def _of_users(value: Any) -> list[Any]:
    users = items(dig(value, "events_by_user"))
    return [event for user in users for event in items(dig(user, "events"))]


#: A list, which may also be a single event without one.
_LIST = _Batch(events=items, alone=lambda event: encode([event]))
_LIST_IN_FORM = _Batch(
    events=items,
    alone=lambda event: urlencode({"mandrill_events": encode([event])}).encode("ascii"),
)
_BY_USER = _Batch(
    events=_of_users,
    alone=lambda event: encode({"events_by_user": [{"events": [event]}]}),
)

#: Whoever is not named posts one event at a time. An SNS message is one event too, even where it
#: names several recipients.
_BATCHES: dict[tuple[str, str], _Batch] = {
    ("brevo", "inbound"): _under("items"),
    ("mailjet", "tracking"): _LIST,
    ("mailtrap", "inbound"): _under("events"),
    ("mailtrap", "tracking"): _under("events"),
    ("mandrill", "inbound"): _LIST_IN_FORM,
    ("mandrill", "tracking"): _LIST_IN_FORM,
    ("sendgrid", "tracking"): _LIST,
    ("sparkpost", "inbound"): _LIST,
    ("sparkpost", "tracking"): _LIST,
    ("unisender_go", "tracking"): _BY_USER,
}


def split(provider: str, via: str, content_type: str, body: bytes) -> list[bytes]:
    """Return one body for each event, in their order; where it cannot be cut, the body alone.

    A batch of more than MAX_EVENTS is nobody's and stays whole. For reading only: no signature
    fits the parts, and what stands beside the events is left out.
    """
    provider = canonical(provider)
    batch = _BATCHES.get((provider, via))
    if batch is None:
        return [body]
    try:
        events = batch.events(document(provider, via, content_type, body))
        if len(events) > MAX_EVENTS:
            return [body]
        return [batch.alone(event) for event in events] or [body]
    except (TypeError, ValueError, RecursionError):
        return [body]
