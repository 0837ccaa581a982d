"""Write events once each: matched or parked, and settled in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from crm_notify.models import Event
from crm_notify.steps.match import Clues, match
from crm_notify.steps.park import FIRST_PAUSE
from crm_notify.steps.settle import settle


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
    about: set[int] = set()
    for (event, clues), found in zip(fresh.values(), matches, strict=True):
        event.token = next((text for _, text in clues.tokens), "")
        if found is None:
            event.due_at = event.recorded_at + FIRST_PAUSE
        else:
            event.notification_id, event.attempt_id = found.notification, found.attempt
            event.matched = found.matched
            about.add(found.notification)
    # Two workers may bring the same news at once: the second one's row is ignored.
    Event.objects.bulk_create([event for event, _ in fresh.values()], ignore_conflicts=True)
    settle(about)
    return Noted(new=len(fresh), repeated=len(pairs) - len(fresh), parked=matches.count(None))
