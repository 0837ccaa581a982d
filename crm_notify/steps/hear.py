"""Put into events what providers and bounce mail say, with the clues to what each is about."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from crm_notify.models import Event, Receipt
from crm_notify.rules.bounce import Bounce, BounceKind, classify
from crm_notify.rules.evidence import WEIGHT, Blame, Kind
from crm_notify.rules.fingerprint import fingerprint
from crm_notify.rules.news import Heard, InboundMail
from crm_notify.rules.text import printable
from crm_notify.rules.token import find
from crm_notify.steps.match import Clues

Matched = Event.Matched


def event_of(heard: Heard, *, provider: str, receipt: Receipt) -> tuple[Event, Clues]:
    """The event that a provider's tracking webhook reports, and what it may be about."""
    reading = heard.reading
    tokens = [(Matched.METADATA, heard.metadata_token)] if heard.metadata_token else []
    tokens += [(Matched.TAG, text) for text in heard.tag_tokens]
    when = heard.occurred_at.isoformat() if heard.occurred_at else ""
    event = Event(
        receipt=receipt,
        kind=reading.kind,
        evidence=WEIGHT[reading.kind],
        blame=reading.blame,
        provider=provider,
        raw_kind=printable(reading.raw_kind, 100),
        code=printable(reading.code, 20),
        text=printable(reading.text, 1000),
        recipient=printable(heard.recipient, 320),
        message_id=printable(heard.message_id, 255),
        occurred_at=_stored(heard.occurred_at),
        recorded_at=timezone.now(),
        fingerprint=fingerprint(
            provider,
            reading.raw_kind,
            heard.message_id or next((text for _, text in tokens), ""),
            heard.recipient.casefold(),
            when,
            reading.own_id,
        ),
    )
    clues = Clues(
        tokens=tuple(tokens),
        provider=provider,
        message_id=event.message_id,
        recipient=event.recipient,
    )
    return event, clues


def event_of_mail(mail: InboundMail, *, provider: str, receipt: Receipt) -> tuple[Event, Clues]:
    """The event that a mail to the Return-Path reports."""
    bounce = classify(mail.raw)
    kind = _kind(bounce)
    tokens = [(Matched.ADDRESS, text) for text in find(mail.envelope_recipient)]
    # Not every provider tells the envelope; and a reply names our Message-ID.
    returned = [bounce.token] if bounce.token else find(mail.head)
    tokens += [(Matched.RETURNED, text) for text in returned]
    recipient = bounce.recipients[0] if bounce.recipients else ""
    event = Event(
        receipt=receipt,
        kind=kind,
        evidence=WEIGHT[kind],
        blame=bounce.blame if WEIGHT[kind].is_failure else Blame.NONE,
        provider=provider,
        raw_kind=bounce.kind,
        code=bounce.status or bounce.reply_code or "",
        text=printable(bounce.diagnostic or bounce.away_until or "", 1000),
        recipient=printable(recipient, 320),
        recorded_at=timezone.now(),
        fingerprint=fingerprint(
            "mail",
            bounce.kind,
            bounce.message_id or hashlib.sha256(mail.raw).hexdigest(),
            recipient.casefold(),
            next((text.lower() for _, text in tokens), ""),
        ),
    )
    return event, Clues(tokens=tuple(tokens))


def _stored(when: datetime | None) -> datetime | None:
    """The provider's time as this host keeps times, or None where it cannot be true.

    The first and the last day of the calendar cannot even be shown in every place's time.
    """
    if when is None or not 2000 <= when.year < 2100:
        return None
    return when if settings.USE_TZ else timezone.make_naive(when)


_KINDS = {
    BounceKind.DELAY: Kind.DEFERRED,
    BounceKind.DELIVERED: Kind.DELIVERED,
    BounceKind.AUTOREPLY: Kind.AUTO_REPLIED,
    BounceKind.COMPLAINT: Kind.COMPLAINED,
    # Somebody asks us to prove that we are people: nobody will, so nobody was told.
    BounceKind.CHALLENGE: Kind.UNCLEAR,
    # What nobody understands may say that it failed: if nothing better is heard, a person looks.
    BounceKind.UNKNOWN: Kind.UNCLEAR,
}


def _kind(bounce: Bounce) -> Kind:
    if bounce.kind == BounceKind.FAILURE:
        return Kind.EXPIRED if bounce.permanent is False else Kind.BOUNCED
    return _KINDS.get(bounce.kind, Kind.OTHER)
