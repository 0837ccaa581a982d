"""An act upon many rows of the admin's list: it says how many before it acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from crm_notify.admin.acts import ActingAdmin
from crm_notify.desk.acts import Act, typed_in
from crm_notify.desk.bulk import Question, answer, question

Action = Callable[[ActingAdmin, HttpRequest, QuerySet[Any]], HttpResponse | None]


def bulk_action(act: Act) -> Action:
    """The act, as the admin offers it above a list."""

    def action(
        admin: ActingAdmin, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        return in_bulk(admin, request, queryset, act)

    action.__name__ = act.name
    action.short_description = act.label  # type: ignore[attr-defined]
    action.allowed_permissions = ["act"]  # type: ignore[attr-defined]
    return action


def in_bulk(
    admin: ActingAdmin, request: HttpRequest, queryset: QuerySet[Any], act: Act
) -> HttpResponse | None:
    """Ask on a page of its own, then act."""
    asked = question(queryset, act)
    if not asked.ready:
        admin.message_user(request, _("Nothing of this can be done to them."), messages.WARNING)
        return None
    if "confirmed" not in request.POST:
        return _ask(admin, request, asked)
    text = typed_in(request)
    if blank := act.refuse_blank(text):
        admin.message_user(request, blank, messages.ERROR)
        return _ask(admin, request, asked)
    picked = len(request.POST.getlist(ACTION_CHECKBOX_NAME))
    for level, said in answer(asked, request.user, text, picked=picked):
        admin.message_user(request, said, level)
    return None


def _ask(admin: ActingAdmin, request: HttpRequest, asked: Question) -> HttpResponse:
    context = {
        **admin.admin_site.each_context(request),
        "title": asked.act.label,
        "opts": admin.opts,
        "media": admin.media,
        "question": asked,
        "checkbox": ACTION_CHECKBOX_NAME,
        "back_url": request.get_full_path(),
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/crm_notify/confirm.html", context)
