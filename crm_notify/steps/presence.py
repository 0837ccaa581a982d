"""Who is here to act, who acts in his place, and how somebody is reached when mail fails."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.utils import timezone

from crm_notify.conf import get_settings
from crm_notify.models import Preference, Reach
from crm_notify.rules.hours import QuietHours, read_zone
from crm_notify.rules.text import storable
from crm_notify.steps.consult import consult
from crm_notify.steps.person import is_user

logger = logging.getLogger(__name__)

#: What our columns hold.
LONGEST_NAME = 30
LONGEST_ADDRESS = 320
#: A channel's name and an address there.
Way = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Presence:
    """What is known of some people, read at once: at most three queries, and the host's own.

    ``here`` are the keys of those who can be expected to act: active, not away, and seen lately.
    """

    now: datetime
    here: Collection[Any] = ()
    preferences: Mapping[Any, Preference] = field(default_factory=dict)
    backups: Mapping[Any, Any] = field(default_factory=dict)
    reaches: Mapping[Any, Sequence[Way]] = field(default_factory=dict)

    def is_here(self, user: Any) -> bool:
        """Whether he can be expected to act."""
        return user is not None and user.pk in self.here

    def backup(self, user: Any) -> Any:
        """Who acts in his place: as the host says, else as he says himself; None for nobody."""
        return self.backups.get(user.pk) if user is not None else None

    def ways(self, user: Any) -> Sequence[Way]:
        """By which channels, beside mail, he can be reached, in his order."""
        return self.reaches.get(user.pk, ()) if user is not None else ()

    def quiet_until(self, user: Any) -> datetime | None:
        """Until when he is not to be disturbed, or None."""
        preference = self.preferences.get(user.pk) if user is not None else None
        hours = _quiet_hours(preference)
        if hours is None:
            return None
        begins, ends = hours
        quiet = QuietHours(begins=begins, ends=ends, zone=_zone(preference))
        naive = timezone.is_naive(self.now)
        until = quiet.until(timezone.make_aware(self.now) if naive else self.now)
        return timezone.make_naive(until) if until is not None and naive else until


def presence_of(*, actors: Iterable[Any], recipients: Iterable[Any], now: datetime) -> Presence:
    """Read what is known of these users (None among them is nobody)."""
    acting = {user.pk: user for user in actors if user is not None}
    told = {user.pk: user for user in recipients if user is not None}
    preferences = _preferences({*told, *acting})
    backups = {pk: _backup(user, preferences.get(pk)) for pk, user in acting.items()}
    known = {user.pk: user for user in backups.values() if user is not None}
    preferences |= _preferences(set(known) - {*told, *acting})
    return Presence(
        now=now,
        here={
            pk
            for pk, user in {**known, **acting}.items()
            if _is_here(user, preferences.get(pk), now)
        },
        preferences=preferences,
        backups=backups,
        reaches=_reaches(told),
    )


def _preferences(users: set[Any]) -> dict[Any, Preference]:
    if not users:
        return {}
    rows = Preference.objects.filter(user__in=users).select_related("stand_in")
    return {preference.user_id: preference for preference in rows}


def _reaches(users: Mapping[Any, Any]) -> dict[Any, list[Way]]:
    if not users or not get_settings().CHANNELS:
        return {}
    if get_settings().ADDRESSES:
        return {
            pk: consult("ADDRESSES", user, read=_ways, default=[]) for pk, user in users.items()
        }
    found: dict[Any, list[Way]] = {}
    rows = Reach.objects.filter(user__in=list(users)).order_by("place", "pk")
    for pk, channel, address in rows.values_list("user", "channel", "address"):
        found.setdefault(pk, []).append((channel, address))
    return found


def _ways(given: Any) -> list[Way]:
    """Those that have a place in our columns: one that has none must not stop the others."""
    ways = [(str(channel), str(address)) for channel, address in given or ()]
    return [
        (channel, address)
        for channel, address in ways
        if len(channel) <= LONGEST_NAME
        and len(address) <= LONGEST_ADDRESS
        and storable(address) == address
    ]


def _backup(user: Any, preference: Preference | None) -> Any:
    named = consult("BACKUP", user, read=_user, default=None)
    if named is None and preference is not None:
        named = preference.stand_in
    return named if named is not None and named.pk != user.pk and named.is_active else None


def _user(given: Any) -> Any:
    if given is not None and not is_user(given):
        raise TypeError(f"{given!r} is no user.")
    return given


def _is_here(user: Any, preference: Preference | None, now: datetime) -> bool:
    if not user.is_active or (preference is not None and _is_away(preference, now)):
        return False
    if _unseen(user, preference, now):
        return False
    return not consult("ABSENT", user, read=bool, default=False)


def _is_away(preference: Preference, now: datetime) -> bool:
    begins, ends = preference.away_from, preference.away_until
    return begins is not None and ends is not None and begins <= now < ends


def _unseen(user: Any, preference: Preference | None, now: datetime) -> bool:
    """Whether there has been no sign of him for longer than the settings allow.

    Of whom there never was a sign nothing is known: he may log in where it is not written down.
    """
    patience = get_settings().UNSEEN_FOR
    signs = [getattr(user, "last_login", None), preference.seen_at if preference else None]
    last = max((sign for sign in signs if sign is not None), default=None)
    return bool(patience) and last is not None and now - last > patience


def _quiet_hours(preference: Preference | None) -> tuple[time, time] | None:
    if preference is not None and preference.quiet_from and preference.quiet_until:
        return preference.quiet_from, preference.quiet_until
    return get_settings().quiet_hours


def _zone(preference: Preference | None) -> ZoneInfo:
    if preference is not None and preference.time_zone:
        try:
            return read_zone(preference.time_zone)
        except ValueError:
            logger.exception("crm_notify: user %s is taken to be where we are", preference.user_id)
    return read_zone(django_settings.TIME_ZONE)
