"""Mailgun's log: its Events API, whose items are the ``event-data`` of its webhooks.

https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/events. Its announced
successor, the Logs API, gives times in milliseconds where webhooks give microseconds: the same
event would not be known again.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from crm_notify.channels.http import Api, Ask, opened
from crm_notify.channels.logs.access import given, needed, root, settings_of_account
from crm_notify.channels.logs.base import Item, Log, Read, objects
from crm_notify.exceptions import SettingsError
from crm_notify.rules.body.document import dig, text

_EVENTS = (
    "accepted OR rejected OR delivered OR failed OR opened OR clicked OR unsubscribed OR complained"
)
_PER_PAGE = 300


@contextmanager
def open_log() -> Iterator[Read]:
    key = needed("mailgun", "api_key", why="the log is read with an API key of the account.")
    credentials = b64encode(f"api:{key}".encode()).decode("ascii")
    api = Api(
        label="Mailgun",
        url=root("mailgun", "https://api.mailgun.net/v3"),
        headers={"Authorization": f"Basic {credentials}"},
        key='Check ANYMAIL["MAILGUN_API_KEY"]; the sending key of a domain may not read the log.',
    )
    domains = _domains()
    with opened(api) as ask:
        yield partial(_read, ask, domains)


def _domains() -> Sequence[str]:
    """The sender domains whose log is ours: the one that Anymail is told, else of our senders."""
    named = given("mailgun", "sender_domain")
    if named:
        return [named]
    conf = settings_of_account()
    ours = [conf.SENDER.rpartition("@")[2].rstrip("> "), *conf.SENDER_DOMAINS]
    found = list(dict.fromkeys(domain.lower() for domain in ours if domain))
    if not found:
        raise SettingsError(
            'Set ANYMAIL["MAILGUN_SENDER_DOMAIN"]: Mailgun keeps one log for each sender domain.'
        )
    return found


def _read(
    ask: Ask, domains: Sequence[str], start: datetime, end: datetime
) -> Iterator[Sequence[Item]]:
    for domain in domains:
        answer = ask(
            f"{quote(domain, safe='')}/events",
            begin=math.floor(start.timestamp()),
            end=math.ceil(end.timestamp()),
            ascending="yes",
            limit=_PER_PAGE,
            event=_EVENTS,
        )
        if answer is None:
            raise SettingsError(
                f"Mailgun has no log of the domain {domain}. Check "
                'ANYMAIL["MAILGUN_SENDER_DOMAIN"], and ANYMAIL["MAILGUN_API_URL"] for the region.'
            )
        # The next page of the last one is there too, and empty.
        while events := objects("Mailgun", answer, "items"):
            yield [_item(event) for event in events if not _is_inbound(event)]
            answer = ask(text(dig(answer, "paging", "next")))


def _is_inbound(event: Any) -> bool:
    """Whether it is about mail that came in by a route, which no webhook of ours is about."""
    return dig(event, "flags", "is-routed") is True


def _item(event: dict[str, Any]) -> Item:
    try:
        at = datetime.fromtimestamp(event["timestamp"], UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        at = None
    return Item(at=at, document={"event-data": event})


LOG = Log(
    provider="mailgun",
    keeps="3 to 30 days, by plan",
    source="documentation.mailgun.com/docs/mailgun/user-manual/events/events",
    open=open_log,
    # ".../user-manual/events/event-polling": half an hour until all of them are there.
    settled=timedelta(minutes=30),
)
