"""One tracking event of Anymail turned into ours; nothing in it is trusted to be as documented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict

from crm_notify.rules import providers, token
from crm_notify.rules.news import Heard, Reading, Reported
from crm_notify.rules.text import printable

#: Under this key of a message's metadata our token travels.
METADATA_KEY = "crm_notify"

#: The columns that the words end up in; crm_notify/models/event.py.
_TEXT, _RAW_KIND, _CODE, _RECIPIENT, _MESSAGE_ID = 1000, 100, 20, 320, 255

#: Our mails have one tag; the rest are a host's own, or somebody's attempt to tire us.
_MAX_TAG_TOKENS = 5


def heard_from(provider: str, event: Any) -> Heard:
    """Return what an AnymailTrackingEvent of ``provider`` says."""
    reported = Reported(
        event_type=_text(event.event_type),
        reject_reason=_text(event.reject_reason) or None,
        mta_response=_text(event.mta_response) or None,
        description=_text(event.description) or None,
        raw=plain(event.esp_event),
    )
    return Heard(
        reading=_fitted(providers.read(provider, reported)),
        metadata_token=_metadata_token(event.metadata),
        tag_tokens=tuple(_tag_tokens(event.tags)),
        message_id=printable(_text(event.message_id), _MESSAGE_ID),
        recipient=printable(_text(event.recipient), _RECIPIENT),
        occurred_at=_moment(event.timestamp),
    )


def _fitted(reading: Reading) -> Reading:
    return replace(
        reading,
        code=printable(reading.code, _CODE),
        text=printable(reading.text, _TEXT),
        raw_kind=printable(reading.raw_kind, _RAW_KIND),
        own_id=printable(reading.own_id, _MESSAGE_ID),
    )


def _metadata_token(metadata: object) -> str:
    """Postal has no metadata at all, and some hand back whatever JSON they were given."""
    value = metadata.get(METADATA_KEY) if isinstance(metadata, Mapping) else None
    return next(iter(token.find(_text(value))), "")


def _tag_tokens(tags: object) -> Iterator[str]:
    """SendGrid's tags may be one string, Postal's hold None, MailerSend's and SparkPost's be it."""
    given = tags if isinstance(tags, (list, tuple)) else [tags]
    found = dict.fromkeys(name for tag in given for name in token.find(_text(tag)))
    yield from list(found)[:_MAX_TAG_TOKENS]


def _text(value: object) -> str:
    """A text, or a number as one: Postal's message ids are integers."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def plain(raw: object) -> Mapping[str, Any]:
    """A form as a plain dict of its first values: Mailgun puts its own before a sender's."""
    if isinstance(raw, QueryDict):
        return {name: values[0] for name, values in raw.lists() if values}
    return raw if isinstance(raw, Mapping) else {}


def _moment(timestamp: object) -> datetime | None:
    """In UTC; a time without a zone is taken for it, and one beyond the calendar for none."""
    if not isinstance(timestamp, datetime):
        return None
    if timestamp.tzinfo is None:
        return timestamp.replace(tzinfo=UTC)
    try:
        return timestamp.astimezone(UTC)
    except OverflowError:
        return None
