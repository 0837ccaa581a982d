"""What the commands say in the same words: numbers of things, news, and points in time."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from crm_notify.management.asking import aware


def counted(number: int, one: str, many: str = "") -> str:
    """As in "1 receipt" and "4 receipts"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def news(*, new: int, parked: int, repeated: int) -> str:
    """What reading has given."""
    aside = f" ({parked} of them parked)" if parked else ""
    return f"{counted(new, 'new event')}{aside}, {repeated} repeated"


def clock(moment: datetime) -> str:
    """A point in time for people, in the time zone of the settings."""
    return f"{timezone.localtime(aware(moment)):%Y-%m-%d %H:%M}"


def typed(moment: datetime) -> str:
    """A point in time as it can be typed after ``--since``, quotes included."""
    return f'"{timezone.localtime(aware(moment)).isoformat(sep=" ")}"'
