"""The page on which somebody has a window of receipts read again: choose, count, confirm."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm_notify.admin.notices import notices
from crm_notify.admin.replay import (
    Tally,
    command,
    first_part,
    in_words,
    rest_of,
    tally,
    unread_yet,
)
from crm_notify.admin.replay_form import WindowForm, fields_of
from crm_notify.models import Receipt
from crm_notify.steps.replay import Window, rehearse, replay

#: How many receipts that could not be read are named one by one.
NAMED = 10


def replay_view(admin: ModelAdmin[Receipt], request: HttpRequest) -> HttpResponse:
    """Ask for a window; then count what reading it again would give; then do it."""
    if request.method != "POST":
        proposed = WindowForm(request.GET)
        proposed.is_valid()
        return _page(admin, request, WindowForm(initial=proposed.cleaned_data))
    form = WindowForm(request.POST)
    if not form.is_valid():
        return _page(admin, request, form)
    if "confirmed" in request.POST:
        return _replay(admin, request, form.window(), before=form.cleaned_data["before"])
    return _page(admin, request, form, **_counted(form.window()))


def _counted(window: Window) -> dict[str, Any]:
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
        "unread": found.unread[:NAMED],
    }


def _replay(
    admin: ModelAdmin[Receipt], request: HttpRequest, window: Window, *, before: datetime | None
) -> HttpResponse:
    """Read what was counted again, write it into the log, and say where to go on."""
    found = tally(replay(replace(window, until=before) if before else window))
    said, user = _sum(found), cast("Any", request.user)
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Receipt),
        object_repr=in_words(window)[:200],
        action_flag=CHANGE,
        change_message=said,
    )
    admin.message_user(request, said, messages.WARNING if found.unread else messages.SUCCESS)
    for one in found.unread[:NAMED]:
        named = _("Receipt %(id)d: %(error)s") % {"id": one.receipt, "error": one.error}
        admin.message_user(request, named, messages.ERROR)
    site, rest = admin.admin_site.name, rest_of(window, found.last)
    if rest is None:
        page = reverse("admin:crm_notify_receipt_changelist", current_app=site)
        return HttpResponseRedirect(page)
    admin.message_user(request, _("There is more: go on from here."), messages.WARNING)
    page = reverse("admin:crm_notify_receipt_replay", current_app=site)
    return HttpResponseRedirect(f"{page}?{urlencode(fields_of(rest))}")


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


def _page(
    admin: ModelAdmin[Receipt], request: HttpRequest, form: WindowForm, **context: Any
) -> HttpResponse:
    site = admin.admin_site
    request.current_app = site.name
    given = {
        **site.each_context(request),
        "title": _("Read a window of receipts again"),
        "opts": admin.opts,
        "media": admin.media,
        "notices": notices(site=site.name, user=request.user),
        "form": form,
        **context,
    }
    return TemplateResponse(request, "admin/crm_notify/receipt/replay.html", given)
