"""News that matched nothing: kept, tried again, and taken up once its notification is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from crm_notify import database
from crm_notify.models import Event, Incident
from crm_notify.steps.assign import assign
from crm_notify.steps.incident import note_incident
from crm_notify.steps.match import GIVEN, Clues, match, verified
from crm_notify.steps.settle import settle

#: It is tried again soon, since it may have been faster than our own commit.
FIRST_PAUSE = timedelta(seconds=5)


def take_up(parked: Sequence[Event]) -> set[int]:
    """Match these locked events anew; return the notifications that some are about, to be settled.

    Events that are still about nothing are left as they are.
    """
    matches = match([_clues(event) for event in parked])
    taken = []
    for event, found in zip(parked, matches, strict=True):
        if found is not None:
            found.give(event)
            event.due_at = None
            taken.append(event)
    if taken:
        Event.objects.bulk_update(taken, [*GIVEN, "due_at"])
        assign(taken)
    return {event.notification_id for event in taken if event.notification_id is not None}


@database.atomic()
def try_parked(events: Sequence[int], *, now: datetime, give_up_after: timedelta) -> None:
    """Try these parked events again.

    The pause doubles with the age of an event; past ``give_up_after`` it waits for a person.
    """
    parked = list(
        Event.objects.select_for_update(skip_locked=True).filter(pk__in=events, notification=None)
    )
    about = take_up(parked)
    left = [event for event in parked if event.notification_id is None]
    for event in left:
        age = now - event.recorded_at
        event.due_at = now + max(age, FIRST_PAUSE) if age < give_up_after else None
    if left:
        Event.objects.bulk_update(left, ["due_at"])
    # On a shared account others' news comes too; what we have signed should have its place.
    lost = [event for event in left if event.due_at is None and verified(event.token)]
    if lost:
        sample = f"event {lost[0].pk}: {lost[0].get_kind_display()} {lost[0].text}"
        note_incident(Incident.Kind.PARKED, sample=sample, count=len(lost))
    settle(about)


def _clues(event: Event) -> Clues:
    tokens = ((Event.Matched.TAG, event.token),) if event.token else ()
    return Clues(
        tokens=tokens,
        provider=event.provider,
        message_id=event.message_id,
        recipient=event.recipient,
    )
