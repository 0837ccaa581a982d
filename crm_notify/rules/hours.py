"""Business hours and quiet hours, counted in the time zone of whoever they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = timedelta(days=1)
#: Nothing waits longer, however few hours count.
_MOST_DAYS = 400
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, kw_only=True)
class BusinessHours:
    """On these days (Monday is 0) the time from ``opens`` until ``closes`` counts."""

    days: frozenset[int]
    opens: time
    closes: time
    zone: tzinfo

    def after(self, start: datetime, wait: timedelta) -> datetime:
        """The moment when ``wait`` of business time has passed since ``start`` (both aware).

        It is at most 400 days away.
        """
        day = start.astimezone(self.zone).date()
        for _ in range(_MOST_DAYS):
            # Compared as moments: a day on which the clock is changed has an hour less or more.
            closes = self._at(day, self.closes).timestamp()
            begins = max(start.timestamp(), self._at(day, self.opens).timestamp())
            if day.weekday() in self.days and begins < closes:
                if begins + wait.total_seconds() <= closes:
                    moment = begins + wait.total_seconds()
                    return datetime.fromtimestamp(moment, tz=start.tzinfo)
                wait -= timedelta(seconds=closes - begins)
            day += _DAY
        return start + _MOST_DAYS * _DAY

    def _at(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone)


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """From ``begins`` until ``ends``, perhaps over midnight, somebody is not to be disturbed."""

    begins: time
    ends: time
    zone: tzinfo

    def until(self, now: datetime) -> datetime | None:
        """When the quiet that holds now ends, or None where none does (all aware)."""
        here = now.astimezone(self.zone)
        for day in (here.date() - _DAY, here.date()):
            begins = datetime.combine(day, self.begins, tzinfo=self.zone)
            last = day if self.begins < self.ends else day + _DAY
            ends = datetime.combine(last, self.ends, tzinfo=self.zone)
            if begins.timestamp() <= now.timestamp() < ends.timestamp():
                return ends.astimezone(now.tzinfo)
        return None


def read(given: Mapping[str, str], *, zone: str) -> BusinessHours | None:
    """Return the hours that settings describe, None for none; raise ValueError with what to type.

    ``zone`` is the one that is meant where they name none.
    """
    if not given:
        return None
    if unknown := set(given) - {"days", "from", "to", "zone"}:
        raise ValueError(f"there is no {', '.join(sorted(unknown))}; type days, from, to and zone.")
    opens, closes = read_pair((given.get("from", "09:00"), given.get("to", "18:00")))
    if opens >= closes:
        raise ValueError("they must begin before they end, on the same day.")
    return BusinessHours(
        days=_days(given.get("days", "mon-fri")),
        opens=opens,
        closes=closes,
        zone=read_zone(given.get("zone", zone)),
    )


def read_pair(given: Sequence[str]) -> tuple[time, time]:
    """Return two times of day; raise ValueError with what to type instead."""
    try:
        begins, ends = map(time.fromisoformat, given)
    except ValueError as error:
        raise ValueError(f'type two times of day, such as ("22:00", "07:00"): {error}.') from error
    if begins == ends or begins.tzinfo or ends.tzinfo:
        raise ValueError("the two times must differ, and name no zone.")
    return begins, ends


def read_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name; raise ValueError where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}; type one like Europe/Berlin.") from error


def _days(text: str) -> frozenset[int]:
    """The days in a text like mon-fri or mon,wed,fri."""
    days: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in _NAMES or (last and last not in _NAMES):
            raise ValueError(f"days are written like mon-fri or mon,wed,sat, not {text!r}.")
        begin, end = _NAMES.index(first), _NAMES.index(last or first)
        days.update(day % 7 for day in range(begin, (end if end >= begin else end + 7) + 1))
    return frozenset(days)
