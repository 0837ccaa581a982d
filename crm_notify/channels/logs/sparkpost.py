"""SparkPost's log: its Events API, whose results are the events of its webhooks.

https://developers.sparkpost.com/api/events
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from crm_notify.channels.http import Api, Ask, opened
from crm_notify.channels.logs.access import given, needed, root
from crm_notify.channels.logs.base import Item, Log, Read, moment, objects
from crm_notify.rules.body.document import dig, text

#: The kinds of events that webhooks are about, with the class that wraps each there.
_CLASSES: Mapping[str, str] = {
    "injection": "message_event",
    "delivery": "message_event",
    "delay": "message_event",
    "bounce": "message_event",
    "out_of_band": "message_event",
    "policy_rejection": "message_event",
    "spam_complaint": "message_event",
    "generation_failure": "gen_event",
    "generation_rejection": "gen_event",
    "list_unsubscribe": "unsubscribe_event",
    "link_unsubscribe": "unsubscribe_event",
    "open": "track_event",
    "initial_open": "track_event",
    "amp_open": "track_event",
    "amp_initial_open": "track_event",
    "click": "track_event",
    "amp_click": "track_event",
}
_PER_PAGE = 1000


@contextmanager
def open_log() -> Iterator[Read]:
    key = needed("sparkpost", "api_key", why="the log is read with an API key.")
    headers = {"Authorization": key}
    subaccount = given("sparkpost", "subaccount")
    if subaccount:
        headers["X-MSYS-SUBACCOUNT"] = subaccount
    api = Api(
        label="SparkPost",
        url=root("sparkpost", "https://api.sparkpost.com/api/v1"),
        headers=headers,
        key='Check ANYMAIL["SPARKPOST_API_KEY"]; it needs "Events Search: Read-only".',
    )
    with opened(api) as ask:
        yield partial(_read, ask)


def _read(ask: Ask, start: datetime, end: datetime) -> Iterator[Sequence[Item]]:
    answer = ask("events/message", **_window(start, end), per_page=_PER_PAGE, cursor="initial")
    while True:
        events = objects("SparkPost", answer, "results")
        yield [_item(event) for event in events]
        following = text(dig(answer, "links", "next"))
        if not following or not events:
            return
        answer = ask(following)


def _window(start: datetime, end: datetime) -> dict[str, str]:
    """Whole minutes are documented; what is too much is left out later."""
    until = end + timedelta(minutes=1) - timedelta.resolution
    return {
        "from": f"{start.astimezone(UTC):%Y-%m-%dT%H:%M}",
        "to": f"{until.astimezone(UTC):%Y-%m-%dT%H:%M}",
        "timezone": "UTC",
        "events": ",".join(_CLASSES),
    }


def _item(event: dict[str, Any]) -> Item:
    """The event as the webhook shows it: wrapped, and with its time in seconds, as text."""
    kind = _CLASSES.get(text(dig(event, "type")), "message_event")
    at = moment(text(dig(event, "timestamp")))
    if at is not None:
        event = {**event, "timestamp": str(int(at.timestamp()))}
    return Item(at=at, document=[{"msys": {kind: event}}])


LOG = Log(
    provider="sparkpost",
    keeps="10 days",
    source="developers.sparkpost.com/api/events",
    open=open_log,
    # Not documented; a search ends a minute ago where it is not told when.
    settled=timedelta(minutes=10),
)
