"""What the mail provider tells of itself: mails it took, what became of them, what it posted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

TIMEOUT = 5  # seconds


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail as the provider has it; times are seconds since the epoch."""

    sender: str
    return_path: str
    accepted_at: float
    ended_at: float | None
    reply: str
    is_in_mailbox: bool


def mail_to(provider: str, address: str) -> Mail | None:
    """The latest mail to an address; its `ended_at` is when it was delivered or bounced."""
    letters = _read(f"{provider}/mailboxes.json").get(address, [])
    if not letters:
        return None
    letter = letters[-1]
    ends = [each for each in letter["events"] if each["type"] in {"delivery", "bounce"}]
    return Mail(
        sender=letter["from"],
        return_path=letter["return_path"],
        accepted_at=_seconds(letter["accepted_at"]),
        ended_at=_seconds(ends[-1]["at"]) if ends else None,
        reply=letter["reply"],
        is_in_mailbox=letter["held"],
    )


def bounce_posted_at(provider: str) -> float | None:
    """When the webhook first took a bounce, in seconds since the epoch."""
    for batch in _read(f"{provider}/batches.json")["batches"]:
        for attempt in batch["attempts"]:
            if "bounce" in batch["events"] and attempt["status"] == 200:
                return _seconds(attempt["at"])
    return None


def _read(url: str) -> Any:
    answer = requests.get(url, timeout=TIMEOUT)
    answer.raise_for_status()
    return answer.json()


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
