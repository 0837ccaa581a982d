"""Who comes in: whoever is logged in and has the permission that Django's admin would ask for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from crm_notify import database
from crm_notify.channels.places import staff_page
from crm_notify.desk.desk import Desk
from crm_notify.desk.sight import may_view
from crm_notify.views.alerts.answers import private
from crm_notify.views.asking import asked

View = Callable[..., HttpResponse]


def for_admins(view: View, desk: Desk) -> Callable[..., HttpResponseBase]:
    """The view of a desk: (request, desk, ...), for those who may see its rows.

    Each act has a transaction of its own, or none where it may ask over the network: a host's
    ATOMIC_REQUESTS would be around it.
    """

    @functools.wraps(view)
    def permitted(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not may_view(request.user, desk.model):
            raise PermissionDenied
        return private(view(request, desk, **kwargs))

    def otherwise(request: HttpRequest) -> HttpResponseBase:
        # A form cannot be sent again by a redirect.
        there = request.get_full_path() if request.method == "GET" else staff_page(desk.model)
        return redirect_to_login(there)

    # Django's own LoginRequiredMiddleware would lead back to where a form was sent to.
    return login_not_required(database.non_atomic_requests(asked(permitted, otherwise=otherwise)))


def row_of(request: HttpRequest, desk: Desk, pk: int) -> Any:
    """The row of that number, if there is one that he may see."""
    row = desk.rows(desk.model._default_manager.all(), request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
