"""Postmark's log: bounces from its Bounce API, deliveries, opens and clicks from its Messages API.

https://postmarkapp.com/developer/api/bounce-api, https://postmarkapp.com/developer/api/messages-api.
Changes of a subscription are left out: the log does not say why they were made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from crm_notify.channels.http import Api, Ask, NoAnswer, opened
from crm_notify.channels.logs.access import given, needed, root
from crm_notify.channels.logs.base import Item, Log, Read, moment, objects
from crm_notify.channels.logs.eastern import from_date, to_date
from crm_notify.channels.webhooks.heard import METADATA_KEY
from crm_notify.rules.body.document import MISSING, dig, text

#: The most that one call gives, and the most that one search does.
_PER_PAGE = 500
_SEARCH = 10_000
#: Searches take whole seconds.
_SHORTEST = timedelta(seconds=1)

#: What a message's own events are called in webhooks, and where their time stands.
_EVENTS: Mapping[str, tuple[str, str]] = {
    "Delivered": ("Delivery", "DeliveredAt"),
    "Opened": ("Open", "ReceivedAt"),
    "LinkClicked": ("Click", "ReceivedAt"),
}


@contextmanager
def open_log() -> Iterator[Read]:
    token = needed("postmark", "server_token", why="the log is read with the server's API token.")
    api = Api(
        label="Postmark",
        url=root("postmark", "https://api.postmarkapp.com"),
        headers={"X-Postmark-Server-Token": token, "Accept": "application/json"},
        key='Check ANYMAIL["POSTMARK_SERVER_TOKEN"], the API token of the server.',
        # What it has no longer, it says in a 422 with an error code of its own.
        missing=frozenset({404, 422}),
    )
    with opened(api) as ask:
        yield partial(_read, ask, _streams(ask))


def _streams(ask: Ask) -> list[str]:
    """The stream that Anymail is told, else all that mail goes out by."""
    named = given("postmark", "message_stream")
    if named:
        return [named]
    answer = ask("message-streams", MessageStreamType="All")
    found = objects("Postmark", answer, "MessageStreams")
    return [text(item.get("ID")) for item in found if item.get("MessageStreamType") != "Inbound"]


def _read(
    ask: Ask, streams: Sequence[str], start: datetime, end: datetime
) -> Iterator[Sequence[Item]]:
    """Yield all that happened to messages sent in the window, and the bounces in it."""
    for stream in streams:
        for found in _search(ask, "messages/outbound", "Messages", stream, start, end):
            yield [item for message in found if _is_ours(message) for item in _of(ask, message)]
        for found in _search(ask, "bounces", "Bounces", stream, start, end):
            yield [_bounce(ask, bounce) for bounce in found]


def _search(
    ask: Ask, path: str, key: str, stream: str, start: datetime, end: datetime
) -> Iterator[list[dict[str, Any]]]:
    """Yield pages of what a search finds; one that finds too much is made in halves."""
    offset = 0
    while True:
        answer = ask(
            path,
            messagestream=stream,
            fromdate=from_date(start),
            todate=to_date(end),
            count=_PER_PAGE,
            offset=offset,
        )
        found, total = objects("Postmark", answer, key), dig(answer, "TotalCount")
        if not isinstance(total, int):
            raise NoAnswer("Postmark's API was asked for its log and did not count it.")
        if total > _SEARCH and end - start > _SHORTEST:
            middle = start + (end - start) / 2
            yield from _search(ask, path, key, stream, start, middle)
            yield from _search(ask, path, key, stream, middle, end)
            return
        yield found
        offset += _PER_PAGE
        if offset >= total:
            return
        if offset >= _SEARCH:
            raise NoAnswer(f"Postmark has more than {_SEARCH} {key.lower()} of one second.")


def _is_ours(message: dict[str, Any]) -> bool:
    """Whether the message may bear our token: the details of others are not asked for."""
    metadata = message.get("Metadata")
    return not isinstance(metadata, dict) or METADATA_KEY in metadata


def _of(ask: Ask, message: dict[str, Any]) -> Iterator[Item]:
    details = _details(ask, message)
    for event in objects("Postmark", details, "MessageEvents") if details else []:
        name, time = _EVENTS.get(text(event.get("Type")), ("", ""))
        if name:
            document = {
                **_about(details),
                "RecordType": name,
                "MessageID": message.get("MessageID"),
                "Recipient": event.get("Recipient"),
                "Details": text(dig(event, "Details", "DeliveryMessage")),
                time: event.get("ReceivedAt"),
            }
            yield _item(document, time)


def _bounce(ask: Ask, bounce: dict[str, Any]) -> Item:
    """The log leaves the metadata out of a bounce, and with it the token."""
    kind = "SpamComplaint" if bounce.get("Type") == "SpamComplaint" else "Bounce"
    return _item({**_about(_details(ask, bounce)), **bounce, "RecordType": kind}, "BouncedAt")


def _details(ask: Ask, named: dict[str, Any]) -> Any:
    """What is known of a message, or None where it is kept no longer."""
    return ask(f"messages/outbound/{quote(text(named.get('MessageID')), safe='')}/details")


def _about(details: Any) -> dict[str, Any]:
    """What a webhook says of the message itself."""
    known = {name: dig(details, name) for name in ("Metadata", "Tag", "MessageStream")}
    return {name: value for name, value in known.items() if value is not MISSING}


def _item(document: dict[str, Any], time: str) -> Item:
    return Item(at=moment(text(document.get(time))), document=document)


LOG = Log(
    provider="postmark",
    keeps="45 days, unless the account keeps them for 7 to 365",
    source="postmarkapp.com/support/article/1289-how-does-the-retention-add-on-work",
    open=open_log,
    settled=timedelta(minutes=10),
    # Deliveries are found by the message, which Postmark may have tried to deliver for a while.
    late=timedelta(days=1),
)
