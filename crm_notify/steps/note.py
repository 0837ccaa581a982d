"""Write events once each: matched or parked, and settled in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_notify import database
from crm_notify.models import Event, Incident
from crm_notify.rules.evidence import Evidence
from crm_notify.steps.incident import note_incident
from crm_notify.steps.match import Clues, is_of_digest, match
from crm_notify.steps.park import FIRST_PAUSE
from crm_notify.steps.settle import settle


@dataclass(frozen=True, kw_only=True)
class Noted:
    """How many of the events were news."""

    new: int = 0
    repeated: int = 0
    parked: int = 0


@database.atomic()
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
        if found is None and is_of_digest(clues):
            _take_down(event)
        elif found is None:
            event.due_at = event.recorded_at + FIRST_PAUSE
        else:
            event.notification_id, event.attempt_id = found.notification, found.attempt
            event.matched = found.matched
            about.add(found.notification)
    # Two workers may bring the same news at once: the second one's row is ignored.
    Event.objects.bulk_create([event for event, _ in fresh.values()], ignore_conflicts=True)
    settle(about)
    parked = sum(event.due_at is not None for event, _ in fresh.values())
    return Noted(new=len(fresh), repeated=len(pairs) - len(fresh), parked=parked)


def _take_down(event: Event) -> None:
    """News of a digest belongs to nothing; that one did not arrive is seen on the screen only."""
    event.note = "It is about a digest to the admins."
    if Evidence(event.evidence).is_failure:
        sample = f"{event.kind} {event.code} {event.text}"
        note_incident(Incident.Kind.DIGEST, subject=event.recipient, sample=sample)
