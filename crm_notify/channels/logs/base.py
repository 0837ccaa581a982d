"""What every provider's log promises: a window of it, in the form of the provider's webhooks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from crm_notify.channels.http import NoAnswer
from crm_notify.rules.body.document import dig
from crm_notify.rules.news import Posted

#: A window is read in steps, so that a broken run goes on near where it stopped.
STEP = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some posts, and until when everything has been read; reading may go on from there."""

    posts: tuple[Posted, ...]
    reached: datetime


@dataclass(frozen=True, kw_only=True)
class Item:
    """One event as the webhook's JSON would show it; ``at`` is None where it bears no time."""

    at: datetime | None
    document: Any


#: A log that is open: yields what it says about two moments and the time between, or more.
Read = Callable[[datetime, datetime], Iterator[Sequence[Item]]]


@dataclass(frozen=True, kw_only=True)
class Log:
    """The log of one provider.

    ``keeps`` says in words for how long, and ``source`` where that is written. News younger than
    ``settled`` may still appear in it. Where it is ordered by when a mail was sent, what happens to
    the mail is found up to ``late`` after that.
    """

    provider: str
    keeps: str
    source: str
    open: Callable[[], AbstractContextManager[Read]]
    settled: timedelta
    late: timedelta = timedelta(0)

    def pages(self, since: datetime, until: datetime) -> Iterator[Page]:
        """Yield what happened between two aware moments, both included, a step at a time.

        What lies on the border of two steps may come twice, as the same bytes. Sleeps where the
        provider asks for it. Raises SettingsError, which says what to type, where a setting is
        missing or the key is refused; NoAnswer where asking later may help; TooLarge.
        """
        now = timezone.now()
        sure, until = now - self.settled, min(until, now)

        def reached(at: datetime) -> datetime:
            return max(since, min(at, sure))

        with self.open() as read:
            for start, end in steps(since - self.late, until):
                for items in read(start, end):
                    posts = (
                        posted(self.provider, item.document)
                        for item in items
                        if item.at is None or since <= item.at <= until
                    )
                    yield Page(posts=tuple(posts), reached=reached(start))
                yield Page(posts=(), reached=reached(end))


def steps(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cut the time between two moments into steps of at most STEP, the oldest first."""
    start = since
    while start < until:
        end = min(start + STEP, until)
        yield start, end
        start = end


def objects(label: str, answer: Any, key: str) -> list[dict[str, Any]]:
    """Return the list of JSON objects under a key; raise NoAnswer where there is none."""
    found = dig(answer, key)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise NoAnswer(f"{label}'s API was asked for its log and gave no list of {key}.")
    return found


def moment(said: str) -> datetime | None:
    """Read a time in ISO 8601, in UTC where it names no zone; None for what is no time."""
    try:
        found = parse_datetime(said)
    except ValueError:
        return None
    return found and (found if found.tzinfo else found.replace(tzinfo=UTC))


def posted(provider: str, document: Any) -> Posted:
    """The request that the provider's tracking webhook would have made.

    Its bytes are the same however often the log is read.
    """
    return Posted(
        provider=provider,
        via="tracking",
        method="POST",
        url="",
        headers={"content-type": "application/json"},
        body=json.dumps(document, sort_keys=True).encode("ascii"),
    )
