"""Read all that is known about a notification and its chain, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F

from crm_notify.desk.sight import visible
from crm_notify.desk.story import tell
from crm_notify.desk.story.entry import Entry
from crm_notify.models import Alert, Attempt, Event, Notification
from crm_notify.querysets import members_of
from crm_notify.senders import best_for
from crm_notify.steps.allow import sees

#: How many rows of each kind one page shows, the newest; opens and clicks can be many.
MOST = 300


@dataclass(frozen=True, kw_only=True)
class Story:
    """The chain, and what happened in order of time. ``is_cut``: there is more than is shown."""

    chain: tuple[Notification, ...]
    entries: tuple[Entry, ...]
    is_cut: bool


def story_of(notification: Notification, user: Any) -> Story:
    """The story of the whole chain of ``notification``, as far as this user may see it.

    Four queries, however long it is.

    A request that reports on several tenants' mail is named to those who see them all.
    """
    head = notification.chain_id_or_own
    seen = visible(members_of([head]), user)
    chain = list(seen.select_related("requested_by").order_by("-pk")[:MOST])[::-1]
    ids = [item.pk for item in chain]
    attempts = list(Attempt.objects.filter(notification__in=ids).order_by("-pk")[:MOST])
    heard = Event.objects.filter(notification__in=ids).annotate(came_with=F("receipt__tenant"))
    events = list(heard.order_by("-pk")[:MOST])
    alerts = visible(Alert.objects.filter(chain=head), user)
    alerts = alerts.select_related("person").order_by("-pk")[:MOST]
    conf = best_for(notification.tenant)
    addresses = {item.pk: item.address for item in chain}
    entries = [tell.resent(item) for item in chain if item.chain_id is not None]
    entries += [tell.recorded(notification.activity, item) for item in chain if item.pk == head]
    entries += [tell.attempted(attempt, conf) for attempt in attempts]
    for event in events:
        entry = tell.heard(event, addresses)
        whole = event.receipt_id is None or sees(user, event.came_with)
        entries.append(entry if whole else replace(entry, receipt=None))
    entries += [entry for alert in alerts for entry in tell.warned(alert)]
    return Story(
        chain=tuple(chain),
        entries=tuple(sorted(entries, key=lambda entry: entry.place)),
        is_cut=MOST in (len(attempts), len(events)),
    )
