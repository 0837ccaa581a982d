"""Read all that is known about a notification and its chain, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from crm_notify.admin.story import tell
from crm_notify.admin.story.entry import Entry
from crm_notify.models import Alert, Attempt, Event, Notification
from crm_notify.querysets import members_of
from crm_notify.senders import best_for

#: How many rows of each kind one page shows, the newest; opens and clicks can be many.
MOST = 300


@dataclass(frozen=True, kw_only=True)
class Story:
    """The chain, and what happened in order of time. ``is_cut``: there is more than is shown."""

    chain: tuple[Notification, ...]
    entries: tuple[Entry, ...]
    is_cut: bool


def story_of(notification: Notification) -> Story:
    """The story of the whole chain of ``notification``. Four queries, however long it is."""
    head = notification.chain_id_or_own
    chain = list(members_of([head]).select_related("requested_by").order_by("-pk")[:MOST])[::-1]
    ids = [item.pk for item in chain]
    attempts = list(Attempt.objects.filter(notification__in=ids).order_by("-pk")[:MOST])
    events = list(Event.objects.filter(notification__in=ids).order_by("-pk")[:MOST])
    alerts = Alert.objects.filter(chain=head).select_related("person").order_by("-pk")[:MOST]
    conf = best_for(notification.activity.tenant)
    addresses = {item.pk: item.address for item in chain}
    entries = [tell.resent(item) for item in chain if item.chain_id is not None]
    entries += [tell.recorded(notification.activity, item) for item in chain if item.pk == head]
    entries += [tell.attempted(attempt, conf) for attempt in attempts]
    entries += [tell.heard(event, addresses) for event in events]
    entries += [entry for alert in alerts for entry in tell.warned(alert)]
    return Story(
        chain=tuple(chain),
        entries=tuple(sorted(entries, key=lambda entry: entry.place)),
        is_cut=MOST in (len(attempts), len(events)),
    )
