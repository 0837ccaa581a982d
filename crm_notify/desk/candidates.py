"""Which notifications a parked event may be about, for the person who has to say it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from crm_notify.desk.marks import foreign, link, outcome_badge, short
from crm_notify.desk.sight import visible
from crm_notify.desk.way import Way
from crm_notify.models import Attempt, Event, Notification

#: How many are named, the newest.
MOST = 5


def candidates(event: Event, user: Any) -> QuerySet[Notification]:
    """What went to its recipient, or has its message id, before it came. One query."""
    to_him = Notification.objects.filter(address__in=_spellings(event.recipient))
    by_id = Attempt.objects.filter(message_id=event.message_id).exclude(message_id="")
    # Two lookups by an index each: joined by OR, they would read the whole table.
    found = to_him.values("pk").union(by_id.values("notification"))
    before = Notification.objects.filter(pk__in=found, created_at__lte=event.recorded_at)
    return visible(before, user).select_related("activity").order_by("-pk")[:MOST]


def proposed(event: Event, way: Way, user: Any) -> SafeString:
    """Their numbers, each with what it was about and what became of it."""
    return format_html_join(
        "",
        '<p class="crm-notify-linked">{} {}: {}, {} {}</p>',
        (
            (
                link(row, f"#{row.pk}", way),
                foreign(row.recipient_name or row.address, 80),
                foreign(row.activity.target_label, 80),
                short(row.created_at),
                outcome_badge(row),
            )
            for row in candidates(event, user)
        ),
    )


def _spellings(address: str) -> list[str]:
    """As the provider wrote it, and as most hosts keep it."""
    return [address, address.lower()] if address else []
