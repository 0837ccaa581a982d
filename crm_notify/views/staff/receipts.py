"""Receipts: their bytes as a file, and the page on which a window of them is read again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from crm_notify.channels.places import staff_page
from crm_notify.desk.desk import Desk
from crm_notify.desk.receipts import body_of, may_replay
from crm_notify.desk.replay.page import Front, replay_view
from crm_notify.views.staff.frame import show
from crm_notify.views.staff.guard import row_of
from crm_notify.views.staff.places import replay_url
from crm_notify.views.staff.said import say


def body_view(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The bytes as they came."""
    return body_of(row_of(request, desk, pk))


def window_view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Have a window read again."""
    if not may_replay(request.user):
        raise PermissionDenied
    said: list[tuple[int, str]] = []

    def page(context: dict[str, Any]) -> HttpResponse:
        return show(request, desk, "replay", context)

    front = Front(
        url=replay_url(),
        way=staff_page,
        show=page,
        say=lambda level, text: said.append((level, text)),
    )
    answered = replay_view(request, front)
    return say(request, answered, said) if said else answered
