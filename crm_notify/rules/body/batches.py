"""A batch of events cut into bodies of one event each, which the same Anymail view can read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from crm_notify.rules.body.document import canonical, dig, document, encode, items

_Cut = Callable[[Any], list[bytes]]


def _listed(value: Any) -> list[bytes]:
    """A list of events, which may also be posted alone."""
    return [encode([event]) for event in items(value)]


def _under(key: str) -> _Cut:
    """A list of events under one key, which is all of the body that Anymail reads."""

    def cut(value: Any) -> list[bytes]:
        return [encode({key: [event]}) for event in items(dig(value, key))]

    return cut


def _in_form(value: Any) -> list[bytes]:
    events = [encode([event]) for event in items(value)]
    return [urlencode({"mandrill_events": event}).encode("ascii") for event in events]


def _by_user(value: Any) -> list[bytes]:
    events = [
        event
        for user in items(dig(value, "events_by_user"))
        for event in items(dig(user, "events"))
    ]
    return [encode({"events_by_user": [{"events": [event]}]}) for event in events]


#: Whoever is not named posts one event at a time. An SNS message is one event too, even where it
#: names several recipients.
_CUTS: dict[tuple[str, str], _Cut] = {
    ("brevo", "inbound"): _under("items"),
    ("mailjet", "tracking"): _listed,
    ("mailtrap", "inbound"): _under("events"),
    ("mailtrap", "tracking"): _under("events"),
    ("mandrill", "inbound"): _in_form,
    ("mandrill", "tracking"): _in_form,
    ("sendgrid", "tracking"): _listed,
    ("sparkpost", "inbound"): _listed,
    ("sparkpost", "tracking"): _listed,
    ("unisender_go", "tracking"): _by_user,
}


def split(provider: str, via: str, content_type: str, body: bytes) -> list[bytes]:
    """Return one body for each event, in their order; where it cannot be cut, the body alone.

    For reading only: no signature fits the parts, and what stands beside the events is left out.
    """
    provider = canonical(provider)
    cut = _CUTS.get((provider, via))
    if cut is None:
        return [body]
    try:
        return cut(document(provider, via, content_type, body)) or [body]
    except (TypeError, ValueError, RecursionError):
        return [body]
