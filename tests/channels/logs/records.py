"""Small logs of each provider, as its API's documentation shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from django.utils.dateparse import parse_datetime

from crm_notify.channels.logs import LOGS
from crm_notify.rules.news import Posted
from tests.channels.logs.server import Asked, Said

Answer = Callable[[Asked], Said]

#: Eastern Time in winter, in which Postmark's API answers.
EASTERN = timezone(timedelta(hours=-5))
AT = datetime(2026, 1, 2, 10, 30, tzinfo=UTC)
SINCE, UNTIL = AT - timedelta(minutes=20), AT + timedelta(minutes=20)


def read(provider: str, since: datetime = SINCE, until: datetime = UNTIL) -> list[Posted]:
    """All posts of a window."""
    return [post for page in LOGS[provider].pages(since, until) for post in page.posts]


def documents(posts: Sequence[Posted]) -> list[Any]:
    return [json.loads(post.body) for post in posts]


def mailgun(events: Sequence[Any], size: int = 300) -> Answer:
    """The log of every domain: the events of the window, in pages, and an empty one at the end."""

    def answer(asked: Asked) -> Said:
        begin, end = int(asked.query["begin"]), int(asked.query["end"])
        start = int(asked.query.get("start", 0))
        found = [event for event in events if begin <= event["timestamp"] <= end]
        host = asked.headers["Host"]
        following = f"http://{host}{asked.path}?begin={begin}&end={end}&start={start + size}"
        return Said(body={"items": found[start : start + size], "paging": {"next": following}})

    return answer


def postmark(bounces: Sequence[Any] = (), messages: Sequence[Any] = ()) -> Answer:
    """The bounces by their time and the messages by theirs, the latest first; and the details."""

    def answer(asked: Asked) -> Said:
        if asked.path == "/bounces":
            return _found(asked, "Bounces", bounces, "BouncedAt")
        if asked.path == "/messages/outbound":
            listed = [
                {name: value for name, value in message.items() if name != "MessageEvents"}
                for message in messages
            ]
            return _found(asked, "Messages", listed, "ReceivedAt")
        key = asked.path.split("/")[3]
        known = [message for message in messages if message["MessageID"] == key]
        if not known:
            return Said(status=422, body={"ErrorCode": 701, "Message": "This message is gone."})
        return Said(body=known[0])

    return answer


def _found(asked: Asked, key: str, all_of_them: Sequence[Any], time: str) -> Said:
    first, last = (
        datetime.fromisoformat(asked.query[name]).replace(tzinfo=EASTERN)
        for name in ("fromdate", "todate")
    )
    found = [item for item in all_of_them if first <= (parse_datetime(item[time]) or last) <= last]
    start, count = int(asked.query["offset"]), int(asked.query["count"])
    body = {"TotalCount": len(found), key: found[::-1][start : start + count]}
    return Said(body=body)


def sparkpost(events: Sequence[Any], size: int = 1000) -> Answer:
    """The events of the window, the latest first, in pages that are linked by relative URLs."""

    def answer(asked: Asked) -> Said:
        first, last = (
            datetime.fromisoformat(asked.query[name]).replace(tzinfo=UTC) for name in ("from", "to")
        )
        found = [
            event
            for event in reversed(events)
            if first <= datetime.fromisoformat(event["timestamp"]) <= last
        ]
        start = int(asked.query.get("start", 0))
        links = {}
        if start + size < len(found):
            window = f"from={asked.query['from']}&to={asked.query['to']}"
            links["next"] = f"{asked.path}?{window}&start={start + size}"
        results = found[start : start + size]
        return Said(body={"results": results, "total_count": len(found), "links": links})

    return answer
