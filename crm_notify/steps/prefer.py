"""What a user says of himself: how he is reached, when he is away, who stands in, what he hears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from crm_notify import database
from crm_notify.conf import get_settings
from crm_notify.models import Activity, Preference, Reach, Subscription

Scope = Subscription.Scope


@dataclass(frozen=True, kw_only=True)
class Said:
    """All of it. ``ways`` are pairs of a channel and an address, the first to be tried first."""

    ways: Sequence[tuple[str, str]] = ()
    away_from: datetime | None = None
    away_until: datetime | None = None
    stand_in: Any = None
    time_zone: str = ""
    quiet_from: time | None = None
    quiet_until: time | None = None


def said_by(user: Any) -> Said:
    """What he has said so far, of the channels that there are. Two queries."""
    row = Preference.objects.filter(user=user).select_related("stand_in").first()
    ways = _reaches(user).order_by("place", "pk").values_list("channel", "address")
    if row is None:
        return Said(ways=tuple(ways))
    return Said(
        ways=tuple(ways),
        away_from=row.away_from,
        away_until=row.away_until,
        stand_in=row.stand_in,
        time_zone=row.time_zone,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
    )


@database.atomic()
def prefer(user: Any, said: Said) -> None:
    """Write it; what he has said of channels that are not set up now stays as it is."""
    # It locks the row, so that of two windows one comes after the other.
    Preference.objects.update_or_create(
        user=user,
        defaults={
            "away_from": said.away_from,
            "away_until": said.away_until,
            "stand_in": said.stand_in,
            "time_zone": said.time_zone,
            "quiet_from": said.quiet_from,
            "quiet_until": said.quiet_until,
        },
    )
    _reaches(user).delete()
    Reach.objects.bulk_create(
        Reach(user=user, channel=channel, address=address, place=place)
        for place, (channel, address) in enumerate(said.ways)
    )


def wishes_of(user: Any) -> QuerySet[Subscription]:
    """His wishes about single records, the newest first, each with what the record was called.

    ``label`` and ``url`` are of the latest act: the record itself may be hidden from him by now.
    """
    latest = Activity.objects.filter(
        target_type=OuterRef("target_type"), target_id=OuterRef("target_id")
    ).order_by("-recorded_at", "-pk")
    return (
        Subscription.objects.filter(user=user, scope=Scope.RECORD)
        .select_related("target_type")
        .annotate(
            label=Subquery(latest.values("target_label")[:1]),
            url=Subquery(latest.values("url")[:1]),
        )
        .order_by("-changed_at", "-pk")
    )


def forget_wish(user: Any, wish: int) -> bool:
    """Take back what he has said about one record; False where he has said no such thing."""
    mine = Subscription.objects.filter(user=user, scope=Scope.RECORD, pk=wish)
    return bool(mine.delete()[0])


def _reaches(user: Any) -> QuerySet[Reach]:
    return Reach.objects.filter(user=user, channel__in=list(get_settings().CHANNELS))
