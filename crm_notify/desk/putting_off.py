"""Later: the ways in which a warning can be put off, and the moment that each of them means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm_notify.conf import get_settings
from crm_notify.desk.marks import local
from crm_notify.exceptions import RefusedInput

#: When a morning begins, in the reader's time zone.
MORNING = 8

_WAYS = {
    "1h": (_("For 1 hour"), timedelta(hours=1)),
    "4h": (_("For 4 hours"), timedelta(hours=4)),
    "morning": (_("Until tomorrow morning"), timedelta(days=1)),
}


@dataclass(frozen=True, kw_only=True)
class PutOff:
    """One way to put a warning off: its name in the form, and its words."""

    name: str
    words: str


def ways() -> list[PutOff]:
    """What is offered: nothing that lasts longer than an acknowledgement would."""
    longest = get_settings().AGAIN_AFTER
    return [
        PutOff(name=name, words=str(words))
        for name, (words, length) in _WAYS.items()
        if length <= longest
    ]


def moment_of(name: str) -> datetime:
    """Until when that is; raises RefusedInput where it is not offered."""
    if name not in {way.name for way in ways()}:
        raise RefusedInput(gettext("Choose until when."))
    now = timezone.now()
    until = now + _WAYS[name][1]
    if name != "morning":
        return until
    tomorrow = local(now) + timedelta(days=1)
    # Early in the day that would be longer than a day: then it is this hour of tomorrow.
    return min(until, tomorrow.replace(hour=MORNING, minute=0, second=0, microsecond=0))
