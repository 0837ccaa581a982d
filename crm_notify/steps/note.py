"""Turn news into events: matched, written once, and settled in the same transaction."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from crm_notify.models import Event, Receipt
from crm_notify.rules.bounce import Bounce, BounceKind, classify
from crm_notify.rules.evidence import WEIGHT, Blame, Kind
from crm_notify.rules.news import Heard, InboundMail
from crm_notify.rules.text import printable
from crm_notify.rules.token import find
from crm_notify.steps.match import Clues, match
from crm_notify.steps.settle import settle

Matched = Event.Matched

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
#: How much of a mail is looked at for its header.
HEAD_LIMIT = 64 * 1024

#: A parked event is tried again soon, since it may have been faster than our own commit.
FIRST_PAUSE = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True)
class Noted:
    """How many of the events were news."""

    new: int = 0
    repeated: int = 0
    parked: int = 0


@transaction.atomic
def note(pairs: Sequence[tuple[Event, Clues]]) -> Noted:
    """Match and write these events, each once, and settle what they are about.

    An event that is known already changes nothing, and one that matches nothing is parked. The
    number of queries does not depend on the number of events.
    """
    if not pairs:
        return Noted()
    # In one order for everybody: two workers that bring overlapping news would else wait for each
    # other's unique rows.
    by_fingerprint = sorted(pairs, key=lambda pair: pair[0].fingerprint)
    fresh = {event.fingerprint: (event, clues) for event, clues in by_fingerprint}
    known = Event.objects.filter(fingerprint__in=list(fresh))
    for fingerprint in known.values_list("fingerprint", flat=True):
        del fresh[fingerprint]
    matches = match([clues for _, clues in fresh.values()])
    parked = 0
    about: set[int] = set()
    for (event, clues), found in zip(fresh.values(), matches, strict=True):
        event.token = next((text for _, text in clues.tokens), "")
        if found is None:
            event.due_at = event.recorded_at + FIRST_PAUSE
            parked += 1
        else:
            event.notification_id, event.attempt_id = found.notification, found.attempt
            event.matched = found.matched
            about.add(found.notification)
    # Two workers may bring the same news at once: the second one's row is ignored.
    Event.objects.bulk_create([event for event, _ in fresh.values()], ignore_conflicts=True)
    settle(about)
    return Noted(new=len(fresh), repeated=len(pairs) - len(fresh), parked=parked)


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
        occurred_at=heard.occurred_at,
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
    returned = [bounce.token] if bounce.token else find(_head(mail.raw))
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


def _head(raw: bytes) -> str:
    """The header of a mail, as far as it can matter."""
    return _BLANK_LINE.split(raw[:HEAD_LIMIT], maxsplit=1)[0].decode("ascii", "replace")


_KINDS = {
    BounceKind.DELAY: Kind.DEFERRED,
    BounceKind.DELIVERED: Kind.DELIVERED,
    BounceKind.AUTOREPLY: Kind.AUTO_REPLIED,
    BounceKind.COMPLAINT: Kind.COMPLAINED,
    # Somebody asks us to prove that we are people: nobody will, so nobody was told.
    BounceKind.CHALLENGE: Kind.UNCLEAR,
}


def _kind(bounce: Bounce) -> Kind:
    if bounce.kind == BounceKind.FAILURE:
        return Kind.EXPIRED if bounce.permanent is False else Kind.BOUNCED
    return _KINDS.get(bounce.kind, Kind.OTHER)


def fingerprint(*parts: str) -> str:
    """One name for the same news, however often and by whatever way it comes."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def try_parked(now: datetime, *, limit: int, give_up_after: timedelta) -> int:
    """Match parked events again, whose time has come; return how many found their notification.

    The pause doubles with the age of an event; past ``give_up_after`` it waits for a person.
    """
    with transaction.atomic():
        parked = list(
            Event.objects.select_for_update(skip_locked=True)
            .filter(notification=None, due_at__lte=now)
            .order_by("due_at")[:limit]
        )
        if not parked:
            return 0
        about: set[int] = set()
        for event, found in zip(parked, match([_clues(event) for event in parked]), strict=True):
            age = now - event.recorded_at
            if found is not None:
                event.notification_id, event.attempt_id = found.notification, found.attempt
                event.matched, event.due_at = found.matched, None
                about.add(found.notification)
            else:
                event.due_at = now + max(age, FIRST_PAUSE) if age < give_up_after else None
        Event.objects.bulk_update(parked, ["notification", "attempt", "matched", "due_at"])
        settle(about)
    return len(about)


def _clues(event: Event) -> Clues:
    tokens = ((Matched.TAG, event.token),) if event.token else ()
    return Clues(
        tokens=tokens,
        provider=event.provider,
        message_id=event.message_id,
        recipient=event.recipient,
    )
