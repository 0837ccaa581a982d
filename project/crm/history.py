"""A customer's history as it is shown: each call and note, who was told of it and who was not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crm_notify import api
from crm_notify.models import Notification
from project.crm.models import Customer, Entry


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of telling one person; `state` is one of the outcomes of crm_notify.

    `address` is where the mail arrived or was last sent, `missed` the addresses that failed, each
    with the reason in words.
    """

    name: str
    state: str
    address: str
    since: datetime
    missed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry of the history with everybody who was to be told of it."""

    entry: Entry
    people: tuple[Told, ...]


def history(customer: Customer, *, limit: int = 50) -> list[Item]:
    """Return the customer's latest entries, newest first."""
    entries = list(customer.entries.select_related("author")[:limit])
    keys = [entry.key for entry in entries]
    activities = {item.key: item for item in api.history(customer).filter(key__in=keys)}
    return [
        Item(
            entry=entry,
            people=_people(activities[entry.key].notifications.all())
            if entry.key in activities
            else (),
        )
        for entry in entries
    ]


def _people(notifications: Iterable[Notification]) -> tuple[Told, ...]:
    chains: dict[int, list[Notification]] = defaultdict(list)
    for notification in sorted(notifications, key=lambda item: item.pk):
        chains[notification.chain_id or notification.pk].append(notification)
    return tuple(_told(chain) for chain in chains.values())


def _told(chain: list[Notification]) -> Told:
    """Fold the first mail and those that were sent in its place into one line."""
    # A notification is blamed on something exactly when it failed.
    missed = [item for item in chain if item.blame]
    last = ([item for item in chain if not item.blame] or chain)[-1]
    return Told(
        name=chain[0].recipient_name or chain[0].address,
        state=last.outcome,
        address=last.address,
        since=last.changed_at,
        missed=tuple((item.address, item.get_blame_display()) for item in missed),
    )
