"""What stands around every page: the menu of the desks, what all must know, and what was done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst

from crm_notify.channels.places import staff_page
from crm_notify.desk.desk import Desk
from crm_notify.desk.desks import DESKS
from crm_notify.desk.marks import Text
from crm_notify.desk.notices import notices
from crm_notify.desk.sight import may_view
from crm_notify.views.staff.said import forgotten, heard


def show(
    request: HttpRequest,
    desk: Desk,
    template: str,
    context: dict[str, Any],
    *,
    in_list: bool = False,
    status: int = 200,
) -> HttpResponse:
    """A page of this desk. Two queries for the notices, where there are any."""
    said, kept = heard(request)
    around = {
        "menu": [
            (staff_page(one.model), name_of(one), one is desk)
            for one in DESKS
            if may_view(request.user, one.model)
        ],
        "is_list": in_list,
        "list_url": staff_page(desk.model),
        "list_name": name_of(desk),
        "notices": notices(staff_page, request.user) if desk.has_notices else [],
        "said": said,
    }
    page = render(request, f"crm_notify/staff/{template}.html", around | context, status=status)
    return forgotten(page, kept)


def name_of(desk: Desk) -> Text:
    """What the menu calls it; of a single row, what its page is called."""
    if desk.only is not None:
        return desk.heading
    return capfirst(str(desk.model._meta.verbose_name_plural))
