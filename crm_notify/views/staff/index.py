"""The door: it leads to the first list that somebody may see."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from crm_notify.channels.places import staff_page
from crm_notify.desk.desks import DESKS
from crm_notify.desk.sight import may_view
from crm_notify.views.alerts.answers import private
from crm_notify.views.asking import asker


@login_not_required
@require_safe
def index_view(request: HttpRequest) -> HttpResponse:
    """Failed first, where he may see that."""
    user = asker(request)
    if user is None:
        return private(redirect_to_login(request.get_full_path()))
    for desk in DESKS:
        if may_view(user, desk.model):
            return private(HttpResponseRedirect(staff_page(desk.model)))
    raise PermissionDenied
