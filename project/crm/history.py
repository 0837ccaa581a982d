"""A customer's history as it is shown: each call and note, and what crm_notify knows of it."""

from __future__ import annotations

from dataclasses import dataclass

from crm_notify import api
from crm_notify.models import Activity
from project.crm.models import Customer, Entry


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry of the history; ``activity`` is None where nobody was to be told of it."""

    entry: Entry
    activity: Activity | None


def history(customer: Customer, *, limit: int = 50) -> list[Item]:
    """Return the customer's latest entries, newest first."""
    entries = list(customer.entries.select_related("author")[:limit])
    keys = [entry.key for entry in entries]
    activities = {item.key: item for item in api.history(customer).filter(key__in=keys)}
    return [Item(entry=entry, activity=activities.get(entry.key)) for entry in entries]
