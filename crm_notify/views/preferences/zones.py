"""The time zones that people choose from, and days as moments of one of them."""

from __future__ import annotations

import functools
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import available_timezones

from django.conf import settings
from django.utils import timezone

from crm_notify.rules.hours import read_zone

#: Not places: names of old, and of offsets.
_NO_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@functools.cache
def places() -> tuple[str, ...]:
    """The names of the zones, by continent and city."""
    return tuple(
        sorted(
            name
            for name in available_timezones()
            if "/" in name and not name.startswith(_NO_PLACES)
        )
    )


def zone_of(name: str) -> tzinfo:
    """The zone of that name; ours where there is none, or none any more."""
    try:
        return read_zone(name or settings.TIME_ZONE)
    except ValueError:
        return read_zone(settings.TIME_ZONE)


def begins(day: date, zone: tzinfo) -> datetime:
    """When this day begins there, as this host keeps times."""
    moment = datetime.combine(day, time.min, tzinfo=zone)
    return moment if settings.USE_TZ else timezone.make_naive(moment)


def day_of(moment: datetime, zone: tzinfo) -> date:
    """On which day it is there."""
    aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    return aware.astimezone(zone).date()


def last_day_before(moment: datetime, zone: tzinfo) -> date:
    """The last day of what ends at this moment."""
    return day_of(moment - timedelta(microseconds=1), zone)
