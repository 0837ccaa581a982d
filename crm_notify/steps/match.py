"""Find the attempt that each event is about, by the ladder; the event keeps the rung."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from crm_notify.conf import get_settings
from crm_notify.models import Attempt, Event, Notification
from crm_notify.rules import token
from crm_notify.rules.token import Purpose

Matched = Event.Matched


@dataclass(frozen=True, kw_only=True)
class Clues:
    """What an event carries that may name an attempt; tokens are claims until they are read."""

    tokens: tuple[tuple[Event.Matched, str], ...] = ()
    provider: str = ""
    message_id: str = ""
    recipient: str = ""


@dataclass(frozen=True, kw_only=True)
class Match:
    """What an event is about, and by which rung that was found."""

    notification: int
    attempt: int | None
    matched: Event.Matched
    tenant: str

    def give(self, event: Event) -> None:
        """Write it into the event."""
        event.notification_id, event.attempt_id = self.notification, self.attempt
        event.matched, event.tenant = self.matched, self.tenant


#: The columns of an event that ``Match.give`` writes.
GIVEN = ("notification", "attempt", "matched", "tenant")


def match(clues: Sequence[Clues]) -> list[Match | None]:
    """Return a match for each, or None (to be parked). Three queries, whatever the number."""
    read = [[(rung, verified(text)) for rung, text in clue.tokens] for clue in clues]
    named = [(found.purpose, found.id) for row in read for _, found in row if found is not None]
    attempts = _attempts({id for purpose, id in named if purpose is Purpose.NOTIFICATION})
    messages = _notifications({id for purpose, id in named if purpose is Purpose.MESSAGE})
    by_message = _by_message_id({clue.message_id for clue in clues if clue.message_id})
    matches: list[Match | None] = []
    for clue, row in zip(clues, read, strict=True):
        climbed: list[Match] = []
        for rung, found in row:
            if found is None:
                continue
            if found.purpose is Purpose.NOTIFICATION and found.id in attempts:
                about, tenant = attempts[found.id]
                climbed.append(
                    Match(notification=about, attempt=found.id, matched=rung, tenant=tenant)
                )
            elif found.purpose is Purpose.MESSAGE and found.id in messages:
                tenant = messages[found.id]
                climbed.append(
                    Match(notification=found.id, attempt=None, matched=rung, tenant=tenant)
                )
        climbed += by_message.get((clue.provider, clue.message_id, clue.recipient.lower()), [])
        matches.append(min(climbed, key=lambda item: _RUNGS.index(item.matched), default=None))
    return matches


#: From the surest to the least sure.
_RUNGS = [
    Matched.METADATA,
    Matched.TAG,
    Matched.MESSAGE_ID,
    Matched.ADDRESS,
    Matched.RETURNED,
]


def is_of_digest(clues: Clues) -> bool:
    """Whether it is about a digest to the admins, which is no notification."""
    read = [verified(text) for _, text in clues.tokens]
    return any(found is not None and found.purpose is Purpose.DIGEST for found in read)


def verified(text: str) -> token.Token | None:
    """What a token says, if this installation has signed it."""
    conf = get_settings()
    return token.read(text, keys=conf.RETURN_PATH_KEYS, installation=conf.INSTALLATION)


def _attempts(ids: set[int]) -> dict[int, tuple[int, str]]:
    known = Attempt.objects.filter(pk__in=_storable(ids))
    rows = known.values_list("pk", "notification_id", "tenant")
    return {pk: (notification, tenant) for pk, notification, tenant in rows}


def _notifications(ids: set[int]) -> dict[int, str]:
    known = Notification.objects.filter(pk__in=_storable(ids))
    return dict(known.values_list("pk", "tenant"))


def _storable(ids: set[int]) -> set[int]:
    """An id that no database column can hold (a token of a lost key) names nothing."""
    return {id for id in ids if id < 2**63}


def _by_message_id(ids: set[str]) -> dict[tuple[str, str, str], list[Match]]:
    found: dict[tuple[str, str, str], list[Match]] = defaultdict(list)
    for attempt in Attempt.objects.filter(message_id__in=ids).order_by("-pk"):
        found[attempt.provider, attempt.message_id, attempt.address.lower()].append(
            Match(
                notification=attempt.notification_id,
                attempt=attempt.pk,
                matched=Matched.MESSAGE_ID,
                tenant=attempt.tenant,
            )
        )
    return found
