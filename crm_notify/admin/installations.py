"""The installation is one row, so its list is its page."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from crm_notify import api
from crm_notify.admin.base import DeskAdmin
from crm_notify.desk.installations import switches


class InstallationAdmin(DeskAdmin):
    """Whose database this is, and its two switches."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(self.way(self.model, api.installation().pk))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["switches"] = switches(context["original"])
        return super().render_change_form(request, context, *args, **kwargs)
