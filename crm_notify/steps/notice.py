"""Notice that a user is here: whoever is not seen for long counts as absent."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from crm_notify.models import Preference

#: How exactly it is known when somebody was here.
EVERY = timedelta(minutes=5)
#: Of how many users one process remembers that it has written it down.
MOST = 10_000

#: By a user's key: when this process wrote it down last, in seconds of the monotonic clock.
_written: dict[Any, float] = {}


def notice(user: Any) -> None:
    """Write down that he is here, at most once in five minutes; else it costs no query."""
    now = time.monotonic()
    written = _written.get(user.pk)
    if written is not None and now - written < EVERY.total_seconds():
        return
    if len(_written) >= MOST:
        _written.clear()
    _written[user.pk] = now
    _write(user)


def forget() -> None:
    """Begin anew, as a fresh process does."""
    _written.clear()


def _write(user: Any) -> None:
    now = timezone.now()
    stale = Q(seen_at=None) | Q(seen_at__lt=now - EVERY)
    if not Preference.objects.filter(stale, user=user).update(seen_at=now):
        # He has no row yet, or another process was faster.
        Preference.objects.bulk_create([Preference(user=user, seen_at=now)], ignore_conflicts=True)
