"""What stands open for one person, in one query, and a name for that state: its ETag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils import timezone, translation

from crm_notify import __version__, api
from crm_notify.channels.base import MAIL
from crm_notify.desk.marks import local
from crm_notify.models import Alert, Correction, Event, Notification
from crm_notify.querysets import folded, lines_for
from crm_notify.rules.outcome import Outcome
from crm_notify.steps.person import person
from crm_notify.views.alerts.folding import Heap, heaps_of
from crm_notify.views.alerts.versions import digest

#: How many open alerts are read at most; more than these are only counted.
LIMIT = 50


@dataclass(frozen=True, kw_only=True)
class Open:
    """One open alert. ``again_id`` is the mail that is under way for it once more.

    ``other_id`` is a short message that is under way: nobody knows yet whether that reaches him, so
    there is as much to do as before. ``proposal_id`` is the address that somebody proposes.
    ``version`` changes with everything that the alert's words depend on.
    """

    alert: Alert
    again_id: int | None
    other_id: int | None
    proposal_id: int | None
    version: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A person's open alerts, urgent ones first, then the newest, and what is folded of them.

    ``count`` is of all of them, what is folded into one line counting as one.
    """

    opened: Sequence[Open]
    folded: Sequence[Heap]
    count: int
    etag: str


def standing(user: Any, *, apart: int | None = None) -> Standing:
    """Read what stands open for ``user``: two queries, three where there are more than LIMIT.

    The warnings of the incident ``apart`` are not folded.
    """
    seed = _surroundings(user)
    opened = [
        Open(
            alert=alert,
            again_id=alert.again_id,
            other_id=alert.other_id,
            proposal_id=alert.proposal_id,
            version=digest(seed, *_state(alert)),
        )
        for alert in _query(user, apart=apart)
    ]
    heaps = heaps_of(user, seed=seed, apart=apart)
    few = len(opened) < LIMIT
    count = len(opened) + len(heaps) if few else lines_for(user, apart=apart)
    versions = [item.version for item in opened] + [heap.version for heap in heaps]
    etag = digest(seed, count, *versions)
    return Standing(opened=opened, folded=heaps, count=count, etag=f'W/"{etag}"')


def _query(user: Any, *, apart: int | None) -> QuerySet[Any]:
    news = Event.objects.filter(notification=OuterRef("notification")).order_by("-pk")
    under_way = Notification.objects.filter(
        chain=OuterRef("chain"), outcome=Outcome.IN_FLIGHT
    ).order_by("-pk")
    again, other = under_way.filter(channel=MAIL), under_way.exclude(channel=MAIL)
    proposal = Correction.objects.filter(
        state=Correction.State.PROPOSED,
        tenant=OuterRef("tenant"),
        recipient=OuterRef("notification__recipient"),
        old=OuterRef("notification__address"),
    ).order_by("-pk")
    return (
        api.open_alerts(user)
        .exclude(folded(apart=apart))
        .select_related("notification__recipient")
        # It may be long, and the warning does not show it.
        .defer("notification__activity__text")
        .annotate(
            last_event=news.values("pk")[:1],
            again_id=again.values("pk")[:1],
            again_dispatch=again.values("dispatch")[:1],
            other_id=other.values("pk")[:1],
            other_dispatch=other.values("dispatch")[:1],
            proposal_id=proposal.values("pk")[:1],
        )
        # "urgent" comes after "normal" in the alphabet.
        .order_by("-notification__activity__urgency", "-opened_at", "-pk")[:LIMIT]
    )


def _state(alert: Any) -> tuple[object, ...]:
    notification = alert.notification
    recipient = notification.recipient
    return (
        alert.pk,
        alert.opened_at,
        alert.acknowledged_at,
        asleep(alert),
        notification.pk,
        notification.outcome,
        notification.evidence,
        notification.blame,
        # The address of today, to which it would be sent again.
        person(recipient)[1] if recipient is not None else "",
        alert.last_event,
        alert.again_id,
        alert.again_dispatch,
        alert.other_id,
        alert.other_dispatch,
        alert.proposal_id,
    )


def asleep(alert: Alert) -> datetime | None:
    """Until when it is put off, where that is not over."""
    until = alert.snoozed_until
    return until if until is not None and until > timezone.now() else None


def _surroundings(user: Any) -> str:
    """All else that the words depend on: an hour of today, for one, stands without its date."""
    today = local(timezone.now()).date()
    zone = timezone.get_current_timezone_name()
    return f"{__version__} {user.pk} {translation.get_language()} {zone} {today}"
