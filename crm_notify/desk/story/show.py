"""A story as a page shows it: each entry with the pages that it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm_notify.desk.marks import Text, outcome_badge
from crm_notify.desk.story.entry import Entry
from crm_notify.desk.story.read import story_of
from crm_notify.desk.way import Way
from crm_notify.models import Activity, Notification, Receipt
from crm_notify.steps.allow import has


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry, and where it leads; ``about_url`` is empty where it is about this very page."""

    entry: Entry
    about_url: str
    links: tuple[tuple[str, Text], ...]


def story_context(notification: Notification, user: Any, way: Way) -> dict[str, Any]:
    """What the templates of a story show. Four queries."""
    story = story_of(notification, user)
    here = notification.pk
    sees_receipts = has(user, "view_receipt")
    return {
        "outcome": outcome_badge(notification),
        "story": story,
        "lines": [
            Line(
                entry=entry,
                about_url=_unless_here(entry.about, here, way),
                links=tuple(_links(entry, way, sees_receipts=sees_receipts)),
            )
            for entry in story.entries
        ],
        "chain": [(one, _unless_here(one.pk, here, way)) for one in story.chain],
    }


def _unless_here(pk: int | None, here: int, way: Way) -> str:
    return way(Notification, pk) if pk not in {None, here} else ""


def _links(entry: Entry, way: Way, *, sees_receipts: bool) -> Iterator[tuple[str, Text]]:
    if entry.activity:
        yield way(Activity, entry.activity), _("The activity")
    if entry.instead_of:
        yield way(Notification, entry.instead_of), _("Instead of #%d") % entry.instead_of
    if entry.receipt and sees_receipts:
        yield way(Receipt, entry.receipt), _("Raw receipt #%d") % entry.receipt
