"""What the page shows, as JSON for programs."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from project.provider.events import event_kind
from project.provider.letters import Letter
from project.provider.office import PostOffice
from project.provider.replies import Reply, json_reply
from project.provider.webhooks import Batch


def mailboxes(office: PostOffice) -> Reply:
    """Mailbox -> its mail, oldest first; also mail that was refused, with `held` false."""
    now = time.time()
    found: dict[str, list[dict[str, Any]]] = {}
    for letter in office.letters:
        found.setdefault(letter.message.mailbox, []).append(_letter(letter, now))
    return json_reply(found)


def batches(office: PostOffice) -> Reply:
    """The webhooks, and every batch of events with each attempt to post it."""
    return json_reply(
        {
            "webhooks": [
                {"target": poster.target, "held": poster.held, "waiting": poster.waiting}
                for poster in office.posters
            ],
            "batches": [_batch(batch) for batch in office.batches],
        }
    )


def _letter(letter: Letter, now: float) -> dict[str, Any]:
    message = letter.message
    return {
        "id": message.id,
        "transmission_id": message.transmission_id,
        "accepted_at": iso(message.accepted_at),
        "held": letter.held(now),
        "state": letter.state(now),
        "reply": letter.reply(now),
        "recipient": message.recipient,
        "return_path": message.return_path,
        "from": message.sender,
        "subject": message.subject,
        "headers": dict(message.headers),
        "metadata": dict(message.metadata),
        "campaign_id": message.campaign_id,
        "text": message.text,
        "html": message.html,
        "events": [
            {"type": each.step.kind, "at": iso(each.at), "reply": each.step.reply}
            for each in letter.so_far(now)
        ],
    }


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "target": batch.target,
        "state": batch.state,
        "next_attempt_at": None if batch.finished else iso(batch.due),
        "events": [event_kind(event) for event in batch.events],
        "attempts": [
            {
                "at": iso(each.at),
                "status": each.status,
                "said": each.said,
                "denied": each.denied,
            }
            for each in batch.attempts
        ],
    }


def iso(seconds: float) -> str:
    """Seconds since the epoch as text, to the millisecond, in UTC."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
