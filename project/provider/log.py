"""The log over HTTP: SparkPost's Events API, from which the news of a lost window can be had again.

Source: developers.sparkpost.com/api/events. The events are those of the webhooks, without their
envelope and with the time in another form; the latest comes first.
"""

from __future__ import annotations

import base64
import binascii
import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from project.provider.api import authorize
from project.provider.errors import ApiError, invalid
from project.provider.letters import Happening
from project.provider.office import PostOffice
from project.provider.replies import Reply, Request, json_reply

PATH = "/api/v1/events/message"
_DAY = 86_400
_KEPT = 10 * _DAY  # seconds
_MOST = 10_000  # events on a page
_USUAL = 1000


def search(office: PostOffice, request: Request) -> Reply:
    """One page of the events that fit, and a link to the next one if there is more."""
    try:
        authorize(office, request)
        wait = office.next_log_limit()
        if wait is not None:
            limited = {"errors": [ApiError(429, "Too many requests").as_json()]}
            return json_reply(limited, 429, headers={"Retry-After": str(math.ceil(wait))})
        return json_reply(_page(office, request.query))
    except ApiError as error:
        return json_reply({"errors": [error.as_json()]}, error.status)


def _page(office: PostOffice, query: Mapping[str, str]) -> dict[str, Any]:
    now = time.time()
    since, until = _moment(query, "from", now - _DAY), min(_moment(query, "to", now), now)
    kinds = set(filter(None, query.get("events", "").split(",")))
    found = [
        each
        for letter in office.letters
        for each in letter.so_far(until)
        if each.at >= max(since, now - _KEPT) and (not kinds or each.step.kind in kinds)
    ]
    found.sort(key=lambda each: each.at, reverse=True)
    start, size = _offset(query), _size(query)
    links = {}
    if start + size < len(found):
        # What happens meanwhile must not shift the pages: the end is fixed with the first one.
        fixed = {
            "to": datetime.fromtimestamp(until, UTC).isoformat(),
            "cursor": _cursor(start + size),
        }
        links["next"] = f"{PATH}?{urlencode({**query, **fixed})}"
    results = [_result(each) for each in found[start : start + size]]
    return {"results": results, "total_count": len(found), "links": links}


def _result(happening: Happening) -> dict[str, Any]:
    (event,) = happening.event["msys"].values()
    moment = datetime.fromtimestamp(int(happening.at), UTC)
    return {**event, "timestamp": moment.isoformat(timespec="milliseconds")}


def _moment(query: Mapping[str, str], name: str, default: float) -> float:
    if name not in query:
        return default
    if query.get("timezone", "UTC") != "UTC":
        raise invalid("timezone has to be UTC here")
    try:
        moment = datetime.fromisoformat(query[name])
    except ValueError:
        raise invalid(f"{name} is not like YYYY-MM-DDTHH:MM") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _size(query: Mapping[str, str]) -> int:
    given = query.get("per_page", str(_USUAL))
    if not given.isdecimal() or not 1 <= int(given) <= _MOST:
        raise invalid(f"per_page has to be from 1 to {_MOST}")
    return int(given)


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode()


def _offset(query: Mapping[str, str]) -> int:
    cursor = query.get("cursor", "initial")
    if cursor == "initial":
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError):
        raise invalid("cursor is none of this API's") from None
