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
from crm_notify.steps.allow import sees
from crm_notify.steps.consult import consult
from crm_notify.steps.person import is_user

logger = logging.getLogger(__name__)

#: What our columns hold.
LONGEST_NAME = 30
LONGEST_ADDRESS = 320
#: A channel's name and an address there.
Way = tuple[str, str]


#: Those who act, and those who are to be told; None among them is nobody.
People = tuple[Iterable[Any], Iterable[Any]]


@dataclass(frozen=True, kw_only=True)
class Presence:
    """What is known of some people in one tenant, where the host's functions were asked.

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


def presences_of(people: Mapping[str, People], *, now: datetime) -> dict[str, Presence]:
    """Read what is known of these users, by tenant: at most three queries, and the host's own.

    Who is in several tenants has said of himself what he has said, but the host may know of him
    something else in each.
    """
    acting = {tenant: _by_key(actors) for tenant, (actors, _) in people.items()}
    told = {tenant: _by_key(recipients) for tenant, (_, recipients) in people.items()}
    named = {pk for users in (*acting.values(), *told.values()) for pk in users}
    preferences = _preferences(named)
    backups = {
        tenant: {pk: _backup(user, preferences.get(pk), tenant) for pk, user in users.items()}
        for tenant, users in acting.items()
    }
    standing_in = {tenant: _by_key(users.values()) for tenant, users in backups.items()}
    preferences |= _preferences({pk for users in standing_in.values() for pk in users} - named)
    reaches = _reaches(told)
    return {
        tenant: Presence(
            now=now,
            here={
                pk
                for pk, user in {**standing_in[tenant], **acting[tenant]}.items()
                if _is_here(user, preferences.get(pk), now, tenant)
            },
            preferences=preferences,
            backups=backups[tenant],
            reaches=reaches[tenant],
        )
        for tenant in people
    }


def _by_key(users: Iterable[Any]) -> dict[Any, Any]:
    return {user.pk: user for user in users if user is not None}


def _preferences(users: set[Any]) -> dict[Any, Preference]:
    if not users:
        return {}
    rows = Preference.objects.filter(user__in=users).select_related("stand_in")
    return {preference.user_id: preference for preference in rows}


def _reaches(told: Mapping[str, Mapping[Any, Any]]) -> dict[str, dict[Any, list[Way]]]:
    named = {pk for users in told.values() for pk in users}
    if not named or not get_settings().CHANNELS:
        return {tenant: {} for tenant in told}
    if get_settings().ADDRESSES:
        return {
            tenant: {
                pk: consult("ADDRESSES", user, tenant=tenant, read=_ways, default=[])
                for pk, user in users.items()
            }
            for tenant, users in told.items()
        }
    found: dict[Any, list[Way]] = {}
    rows = Reach.objects.filter(user__in=named).order_by("place", "pk")
    for pk, channel, address in rows.values_list("user", "channel", "address"):
        found.setdefault(pk, []).append((channel, address))
    return dict.fromkeys(told, found)


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


def _backup(user: Any, preference: Preference | None, tenant: str) -> Any:
    named = consult("BACKUP", user, tenant=tenant, read=_user, default=None)
    if named is None and preference is not None:
        # Whom he named himself may be of another tenant.
        own = preference.stand_in
        named = own if own is not None and sees(own, tenant) else None
    return named if named is not None and named.pk != user.pk and named.is_active else None


def _user(given: Any) -> Any:
    if given is not None and not is_user(given):
        raise TypeError(f"{given!r} is no user.")
    return given


def _is_here(user: Any, preference: Preference | None, now: datetime, tenant: str) -> bool:
    if not user.is_active or (preference is not None and _is_away(preference, now)):
        return False
    if _unseen(user, preference, now):
        return False
    return not consult("ABSENT", user, tenant=tenant, read=bool, default=False)


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
