"""An act upon many rows: it says how many before it acts, and what came of it after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from crm_notify.admin.acts import Act, ActingAdmin
from crm_notify.exceptions import CrmNotifyError

#: How many rows one request takes; the rest is still in the list afterwards.
MOST = 500
#: How many rows a page or a message names one by one.
NAMED = 10


def in_bulk(
    admin: ActingAdmin, request: HttpRequest, queryset: QuerySet[Any], act: Act
) -> HttpResponse | None:
    """Ask on a page of its own, then act row by row, so that one failure stops no other."""
    found = list(queryset[: MOST + 1])
    chosen, more = found[:MOST], len(found) > MOST
    ready = _ready(chosen, act)
    text = request.POST.get("text", "").strip()
    if not ready:
        admin.message_user(request, _("Nothing of this can be done to them."), messages.WARNING)
        return None
    if "confirmed" not in request.POST:
        return _ask(admin, request, act, ready, left_alone=len(chosen) - len(ready), more=more)
    if blank := act.refuse_blank(text):
        admin.message_user(request, blank, messages.ERROR)
        return _ask(admin, request, act, ready, left_alone=len(chosen) - len(ready), more=more)
    _report(admin, request, act, *_do(admin, request, act, ready, text))
    return None


def _ready(rows: Sequence[Any], act: Act) -> list[Any]:
    once: dict[Any, Any] = {}
    for row in rows:
        if act.possible(row):
            once.setdefault(act.once(row), row)
    return list(once.values())


def _ask(
    admin: ActingAdmin,
    request: HttpRequest,
    act: Act,
    ready: list[Any],
    *,
    left_alone: int,
    more: bool,
) -> HttpResponse:
    context = {
        **admin.admin_site.each_context(request),
        "title": act.label,
        "opts": admin.opts,
        "media": admin.media,
        "act": act,
        "rows": ready,
        "named": [act.named(row) for row in ready[:NAMED]],
        "unnamed": max(0, len(ready) - NAMED),
        "left_alone": left_alone,
        "most": MOST if more else 0,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/crm_notify/confirm.html", context)


def _do(
    admin: ActingAdmin, request: HttpRequest, act: Act, ready: list[Any], text: str
) -> tuple[int, list[str]]:
    """How many were done, and for each of the others why not."""
    done, failed = 0, []
    for row in ready:
        try:
            admin.do(request, row, act, text)
            done += 1
        except CrmNotifyError as error:
            failed.append(f"{act.named(row)}: {error}")
    return done, failed


def _report(
    admin: ActingAdmin, request: HttpRequest, act: Act, done: int, failed: list[str]
) -> None:
    # Rows that have gone from the list since the question was asked need nothing any more.
    asked = len(request.POST.getlist(ACTION_CHECKBOX_NAME))
    said = _("%(act)s: done for %(done)d of %(asked)d.")
    level = messages.SUCCESS if done == asked else messages.WARNING
    admin.message_user(request, said % {"act": act.label, "done": done, "asked": asked}, level)
    for reason in failed[:NAMED]:
        admin.message_user(request, reason, messages.ERROR)
    if len(failed) > NAMED:
        rest = _("And %d more could not be done.") % (len(failed) - NAMED)
        admin.message_user(request, rest, messages.ERROR)
