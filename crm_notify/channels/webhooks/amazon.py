"""Opens a URL of Amazon SNS, within limits; whoever calls has looked at where it leads."""

from __future__ import annotations

import time

import requests

from crm_notify.channels.http import Answer, get

#: Seconds for connecting and each read, and in all: SNS waits 15 seconds for our own answer.
_WAIT = 3
_PATIENCE = 6
#: A certificate has 2 KiB, a confirmation 1 KiB.
_LIMIT = 64 * 1024


def opened(url: str) -> Answer:
    """Return the answer; a redirection is not followed. Raises NoAnswer, and TooLarge."""
    with requests.Session() as session:
        return get(
            session,
            url,
            headers={},
            who="Amazon SNS was asked",
            until=time.monotonic() + _PATIENCE,
            limit=_LIMIT,
            wait=_WAIT,
        )
