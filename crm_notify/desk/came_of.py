"""The events that came of a receipt, each with the notification that it is about."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm_notify.desk.marks import badge, diagnosis, foreign, link
from crm_notify.desk.sight import visible
from crm_notify.desk.way import Way
from crm_notify.models import Event, Receipt

#: How many events one page names; a batch may hold a thousand.
MOST = 50


def came_of(receipt: Receipt, way: Way, user: Any) -> SafeString:
    """Links to its first events. One query."""
    found = visible(Event.objects.filter(receipt=receipt), user).select_related("notification")
    events = list(found.order_by("pk")[: MOST + 1])
    lines = format_html_join(
        "",
        '<p class="crm-notify-linked">{}: {} {}</p>',
        (
            (
                link(event, event.get_kind_display(), way),
                belongs_to(event, way),
                diagnosis(event.code, event.text),
            )
            for event in events[:MOST]
        ),
    )
    if not events:
        return format_html("{}", _("none"))
    if len(events) <= MOST:
        return lines
    return format_html("{}<p>{}</p>", lines, _("There are more than these."))


def belongs_to(event: Event, way: Way) -> SafeString:
    """The notification that an event is about, or that it is parked, or was closed."""
    if event.notification is not None:
        row = event.notification
        return link(row, foreign(row.recipient_name or row.address, 80), way)
    return badge(_("closed"), "quiet") if event.note else badge(_("parked"), "doubt")
