"""Who is here to act, who acts in his place, and how somebody is reached when mail fails."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.conf import settings as django_settings
from django.utils import timezone

from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.models import Preference, Reach
from crm_notify.rules.hours import QuietHours, read_zone

logger = logging.getLogger(__name__)

#: A channel's name and an address there.
Way = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Presence:
    """What is known of some people, read at once: at most three queries."""

    now: datetime
    preferences: Mapping[Any, Preference] = field(default_factory=dict)
    backups: Mapping[Any, Any] = field(default_factory=dict)
    reaches: Mapping[Any, Sequence[Way]] = field(default_factory=dict)

    def is_here(self, user: Any) -> bool:
        """Whether he can be expected to act: active, not away, and seen lately."""
        if user is None or not user.is_active:
            return False
        preference = self.preferences.get(user.pk)
        if preference is not None and _is_away(preference, self.now):
            return False
        if _unseen(user, preference, self.now):
            return False
        return not _ask("ABSENT", user, default=False)

    def backup(self, user: Any) -> Any:
        """Who acts in his place: as the host says, else as he says himself; None for nobody."""
        return self.backups.get(user.pk) if user is not None else None

    def ways(self, user: Any) -> Sequence[Way]:
        """By which channels, beside mail, he can be reached, in his order."""
        if user is None or not get_settings().CHANNELS:
            return ()
        if get_settings().ADDRESSES:
            given = _ask("ADDRESSES", user, default=())
            return [(str(channel), str(address)) for channel, address in given or ()]
        return self.reaches.get(user.pk, ())

    def quiet_until(self, user: Any) -> datetime | None:
        """Until when he is not to be disturbed, or None."""
        preference = self.preferences.get(user.pk) if user is not None else None
        hours = _quiet_hours(preference)
        if hours is None:
            return None
        begins, ends = hours
        zone = (preference.time_zone if preference else "") or django_settings.TIME_ZONE
        quiet = QuietHours(begins=begins, ends=ends, zone=read_zone(zone))
        naive = timezone.is_naive(self.now)
        until = quiet.until(timezone.make_aware(self.now) if naive else self.now)
        return timezone.make_naive(until) if until is not None and naive else until


def presence_of(*, actors: Iterable[Any], recipients: Iterable[Any], now: datetime) -> Presence:
    """Read what is known of these users (None among them is nobody)."""
    acting = {user.pk: user for user in actors if user is not None}
    told = {user.pk for user in recipients if user is not None}
    preferences = _preferences(told | set(acting))
    backups = {pk: _backup(user, preferences.get(pk)) for pk, user in acting.items()}
    strangers = {user.pk for user in backups.values() if user is not None} - set(preferences)
    return Presence(
        now=now,
        preferences={**preferences, **_preferences(strangers)},
        backups=backups,
        reaches=_reaches(told),
    )


def _preferences(users: set[Any]) -> dict[Any, Preference]:
    if not users:
        return {}
    rows = Preference.objects.filter(user__in=users).select_related("stand_in")
    return {preference.user_id: preference for preference in rows}


def _reaches(users: set[Any]) -> dict[Any, list[Way]]:
    found: dict[Any, list[Way]] = {}
    if users and get_settings().CHANNELS and not get_settings().ADDRESSES:
        rows = Reach.objects.filter(user__in=users).order_by("place", "pk")
        for user, channel, address in rows.values_list("user", "channel", "address"):
            found.setdefault(user, []).append((channel, address))
    return found


def _backup(user: Any, preference: Preference | None) -> Any:
    named = _ask("BACKUP", user, default=None) or (preference and preference.stand_in)
    return named if named and named.pk != user.pk and named.is_active else None


def _is_away(preference: Preference, now: datetime) -> bool:
    begins, ends = preference.away_from, preference.away_until
    return begins is not None and ends is not None and begins <= now < ends


def _unseen(user: Any, preference: Preference | None, now: datetime) -> bool:
    """Whether there has been no sign of him for longer than the settings allow."""
    patience = get_settings().UNSEEN_FOR
    signs = [getattr(user, "last_login", None), preference.seen_at if preference else None]
    last = max((sign for sign in signs if sign is not None), default=None)
    return bool(patience) and last is not None and now - last > patience


def _quiet_hours(preference: Preference | None) -> tuple[time, time] | None:
    if preference is not None and preference.quiet_from and preference.quiet_until:
        return preference.quiet_from, preference.quiet_until
    return get_settings().quiet_hours


def _ask(name: str, user: Any, *, default: Any) -> Any:
    """Ask the host; a callable of his that fails must not keep a failure from being told."""
    try:
        ask = get_settings().function(name)
        return default if ask is None else ask(user)
    except SettingsError:
        raise
    except Exception:
        logger.exception("crm_notify: %s failed for user %s", name, user.pk)
        return default
