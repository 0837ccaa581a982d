"""Who knows of an act and who does not: the words beside it on the actor's own page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from crm_notify.models import Activity, Event, Notification
from crm_notify.querysets import TESTIMONY
from crm_notify.rules.evidence import Evidence, Kind
from crm_notify.rules.outcome import Outcome
from crm_notify.rules.text import printable
from crm_notify.views.alerts import wording


@dataclass(frozen=True, kw_only=True)
class Miss:
    """One address at which it did not arrive, and why."""

    address: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Knower:
    """One person who was to be told. ``state`` is the outcome; ``since`` when it came to that."""

    name: str
    state: str
    words: str
    since: datetime
    missed: Sequence[Miss]

    @property
    def when(self) -> str:
        """Since when, in words."""
        return wording.moment(self.since)


def knowers(activity: Activity) -> list[Knower]:
    """Everybody who was to be told of ``activity``, each with what became of it.

    Of an activity out of ``api.history`` it asks no query, of any other two.
    """
    rows = list(activity.notifications.all())
    said = _testimony(rows)
    chains: dict[int, list[Notification]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.pk):
        chains[row.chain_id_or_own].append(row)
    return [
        _knower(chain, [event for row in chain for event in said.get(row.pk, [])])
        for chain in chains.values()
    ]


def _testimony(rows: Sequence[Notification]) -> dict[int, list[Event]]:
    """What people said or saw, by notification."""
    if all(hasattr(row, "testimony") for row in rows):
        return {row.pk: row.testimony for row in rows}  # type: ignore[attr-defined]
    found: dict[int, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(TESTIMONY, notification__in=rows).order_by("pk"):
        assert event.notification_id is not None
        found[event.notification_id].append(event)
    return found


def _knower(chain: Sequence[Notification], said: Sequence[Event]) -> Knower:
    """Fold the first notification and those that were sent in its place into one person."""
    last = _telling(chain)
    words, since = _words(chain[0], last, said)
    return Knower(
        name=wording.name_of(chain[0]),
        state=last.outcome,
        words=words,
        since=since,
        missed=[
            Miss(address=printable(row.address, 320), why=str(row.get_blame_display()))
            # A notification is blamed on something exactly when it failed.
            for row in chain
            if row.blame
        ],
    )


def _telling(chain: Sequence[Notification]) -> Notification:
    """The one that says how it stands: what arrived, else what is under way, else the latest."""
    arrived = [row for row in chain if row.evidence == Evidence.DELIVERED]
    under_way = [row for row in chain if row.outcome == Outcome.IN_FLIGHT]
    return [*chain, *under_way, *arrived][-1]


def _words(first: Notification, last: Notification, said: Iterable[Event]) -> tuple[str, datetime]:
    address = printable(last.address, 320)
    place: dict[str, Any] = {"name": wording.name_of(first), "address": address}
    since = last.changed_at
    if last.outcome == Outcome.TOLD:
        if last.evidence == Evidence.DELIVERED:
            return gettext("%(name)s was told at %(address)s") % place, since
        for event in said:
            return _witnessed(event, place), event.occurred_at or event.recorded_at
        return gettext("%(name)s was told") % place, since
    texts = {
        Outcome.IN_FLIGHT: gettext("%(name)s is being told at %(address)s"),
        Outcome.PRESUMED: gettext("%(name)s was presumably told: nothing came back"),
        Outcome.UNCLEAR: gettext("Nobody knows whether %(name)s was told"),
        Outcome.FAILED: gettext("%(name)s was not told"),
        Outcome.CLOSED: gettext("%(name)s was not told; this was closed"),
    }
    return texts[Outcome(last.outcome)] % place, since


def _witnessed(event: Event, place: dict[str, Any]) -> str:
    if event.kind == Kind.SEEN:
        return gettext("%(name)s has seen it") % place
    place = {**place, "said": wording.cut(printable(event.text, 1000))}
    if author := printable(event.author_name, 200):
        return gettext("%(name)s knows; %(author)s: “%(said)s”") % {**place, "author": author}
    return gettext("%(name)s knows: “%(said)s”") % place
