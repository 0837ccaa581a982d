"""The addresses of the staff pages, for the list of all addresses: each desk has the same ones."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from crm_notify.desk.desk import Desk
from crm_notify.desk.desks import DESKS
from crm_notify.desk.receipts import RECEIPTS
from crm_notify.views.staff.guard import for_admins
from crm_notify.views.staff.index import index_view
from crm_notify.views.staff.lists import list_view
from crm_notify.views.staff.many import many_view
from crm_notify.views.staff.receipts import body_view, window_view
from crm_notify.views.staff.rows import act_view, row_view


def _addresses(desk: Desk) -> Iterator[URLPattern]:
    place, name = f"staff/{desk.slug}/", f"staff-{desk.model._meta.model_name}"
    if desk is RECEIPTS:
        window, body = for_admins(window_view, desk), for_admins(require_safe(body_view), desk)
        yield path(f"{place}replay/", window, name=f"{name}-replay")
        yield path(f"{place}<int:pk>/body/", body, name=f"{name}-body")
    yield path(place, for_admins(require_safe(list_view), desk), name=f"{name}-list")
    yield path(f"{place}<int:pk>/", for_admins(require_safe(row_view), desk), name=name)
    if desk.acts:
        act = for_admins(require_POST(act_view), desk)
        yield path(f"{place}<int:pk>/act/<slug:name>/", act, name=f"{name}-act")
    if desk.bulk:
        yield path(f"{place}bulk/", for_admins(require_POST(many_view), desk), name=f"{name}-bulk")


staff_urls = [
    path("staff/", index_view, name="staff-index"),
    *(address for desk in DESKS for address in _addresses(desk)),
]
