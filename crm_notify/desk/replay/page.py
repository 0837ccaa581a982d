"""The page on which somebody has a window of receipts read again: choose, count, confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.messages import constants as levels
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm_notify.desk.audit import note
from crm_notify.desk.replay.form import WindowForm, fields_of
from crm_notify.desk.replay.part import (
    Tally,
    command,
    first_part,
    in_words,
    rest_of,
    tally,
    unread_yet,
)
from crm_notify.desk.way import Way
from crm_notify.models import Receipt
from crm_notify.steps.replay import Window, rehearse, replay

#: How many receipts that could not be read are named one by one.
NAMED = 10


@dataclass(frozen=True, kw_only=True)
class Front:
    """What is the front's own: where the page is, how it looks, and how something is said."""

    url: str
    way: Way
    show: Callable[[dict[str, Any]], HttpResponse]
    say: Callable[[int, str], None]


def replay_view(request: HttpRequest, front: Front) -> HttpResponse:
    """Ask for a window; then count what reading it again would give; then do it."""
    if request.method != "POST":
        proposed = WindowForm(request.GET)
        proposed.is_valid()
        return _page(front, WindowForm(initial=proposed.cleaned_data))
    form = WindowForm(request.POST)
    if not form.is_valid():
        return _page(front, form)
    if "confirmed" in request.POST:
        return _replay(request, front, form.window(), before=form.cleaned_data["before"])
    return _page(front, form, **_counted(form.window(), front.way))


def _page(front: Front, form: WindowForm, **more: Any) -> HttpResponse:
    title = _("Read a window of receipts again")
    return front.show({"title": title, "form": form, "list_url": front.way(Receipt), **more})


def _counted(window: Window, way: Way) -> dict[str, Any]:
    """What the page says before somebody confirms."""
    part = first_part(window)
    found = tally(rehearse(part))
    rest = rest_of(window, found.last)
    before = rest.since if rest else None
    counted = replace(window, until=before) if before else window
    return {
        "tally": found,
        "waiting": unread_yet(counted).count(),
        "before": before,
        "hidden": fields_of(window, before=before),
        "command": command(window),
        "unread": [(one, way(Receipt, one.receipt)) for one in found.unread[:NAMED]],
    }


def _replay(
    request: HttpRequest, front: Front, window: Window, *, before: datetime | None
) -> HttpResponse:
    """Read what was counted again, write it into the log, and say where to go on."""
    found = tally(replay(replace(window, until=before) if before else window))
    said = _sum(found)
    note(request.user, Receipt, act="replay", said=said, named=in_words(window))
    front.say(levels.WARNING if found.unread else levels.SUCCESS, said)
    for one in found.unread[:NAMED]:
        named = _("Receipt %(id)d: %(error)s") % {"id": one.receipt, "error": one.error}
        front.say(levels.ERROR, named)
    rest = rest_of(window, found.last)
    if rest is None:
        return HttpResponseRedirect(front.way(Receipt))
    front.say(levels.WARNING, _("There is more: go on from here."))
    return HttpResponseRedirect(f"{front.url}?{urlencode(fields_of(rest))}")


def _sum(found: Tally) -> str:
    read = ngettext("%d receipt was read again", "%d receipts were read again", found.receipts)
    counts = {
        "read": read % found.receipts,
        "new": found.new,
        "repeated": found.repeated,
        "parked": found.parked,
        "unread": len(found.unread),
    }
    return (
        _(
            "%(read)s: %(new)d new events (of them %(parked)d parked), %(repeated)d repeated; "
            "%(unread)d could not be read."
        )
        % counts
    )
