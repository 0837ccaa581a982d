"""As much of a replay as a web request can bear: bounded, and where to go on from."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm_notify.desk.marks import provider_label, short
from crm_notify.models import Receipt
from crm_notify.steps.replay import Replayed, Window

#: How many receipts one request takes, and for how many seconds; servers often end it after 30.
MOST = 2000
SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What some receipts gave, summed; ``last`` is the last of them."""

    receipts: int
    new: int
    repeated: int
    parked: int
    unread: tuple[Replayed, ...]
    last: int | None


def tally(run: Iterator[Replayed]) -> Tally:
    """Sum up what a run gives, until it has taken ``MOST`` receipts or ``SECONDS``."""
    started, done = time.monotonic(), []
    for one in islice(run, MOST):
        done.append(one)
        if time.monotonic() - started >= SECONDS:
            break
    return Tally(
        receipts=len(done),
        new=sum(one.noted.new for one in done),
        repeated=sum(one.noted.repeated for one in done),
        parked=sum(one.noted.parked for one in done),
        unread=tuple(one for one in done if one.error),
        last=done[-1].receipt if done else None,
    )


def first_part(window: Window) -> Window:
    """As much of the window, from its beginning, as ``MOST`` allows."""
    first_beyond = window.receipts()[MOST : MOST + 1].values_list("received_at", flat=True)
    return replace(window, until=first_beyond[0]) if first_beyond else window


def rest_of(window: Window, last: int | None) -> Window | None:
    """What of the window can be read again after this receipt; None where nothing can."""
    if last is None:
        return None
    at = Receipt.objects.values_list("received_at", flat=True).get(pk=last)
    later = Q(received_at__gt=at) | Q(received_at=at, pk__gt=last)
    found = window.receipts().filter(later).exclude(state=Receipt.State.NEW)
    first = found.values_list("received_at", flat=True).first()
    return replace(window, since=first) if first is not None else None


def unread_yet(window: Window) -> QuerySet[Receipt]:
    """What of the window waits for the interpreter; a replay leaves it alone."""
    return window.receipts().filter(state=Receipt.State.NEW)


def command(window: Window) -> str:
    """What to type in order to read the whole window, however large."""
    options = {
        "since": window.since.isoformat() if window.since else "",
        "until": window.until.isoformat() if window.until else "",
        "provider": window.provider,
        "state": window.state.value if window.state else "",
    }
    typed = (f"--{name} {value}" for name, value in options.items() if value)
    return " ".join(["manage.py crm_notify_replay", *typed])


def in_words(window: Window) -> str:
    """The window, as the log names it."""
    parts = [
        _("from %s") % short(window.since) if window.since else "",
        _("until %s") % short(window.until) if window.until else "",
        provider_label(window.provider),
        str(window.state.label) if window.state else "",
    ]
    return ", ".join([_("Receipts"), *filter(None, parts)])
