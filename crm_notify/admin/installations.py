"""The installation: whose database this is, whether it sends, and whether it listens."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify import api
from crm_notify.admin.acts import ActingAdmin
from crm_notify.admin.notices import intake, sending
from crm_notify.admin.switches import (
    CLOSE_INTAKE,
    CONFIRM,
    HOLD,
    HOLD_INTAKE,
    OPEN_INTAKE,
    RELEASE,
    belongs_here,
)
from crm_notify.models import Installation, Receipt
from crm_notify.steps.allow import tenants_of

#: How far waiting receipts are counted.
MOST = 10_000


@admin.register(Installation)
class InstallationAdmin(ActingAdmin):
    """One row, so its list is its page."""

    fieldsets = (
        (gettext_lazy("Sending"), {"fields": ("name", "reason", "changed_by", "changed_at")}),
        (
            gettext_lazy("Intake"),
            {
                "fields": (
                    "intake",
                    "intake_reason",
                    "intake_changed_by",
                    "intake_changed_at",
                    "waiting",
                )
            },
        ),
    )
    readonly_fields = ("waiting",)
    acts = (HOLD, RELEASE, CONFIRM, OPEN_INTAKE, HOLD_INTAKE, CLOSE_INTAKE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """It is no tenant's: those see it who see all."""
        rows = Installation.objects.all()
        return rows if tenants_of(request.user) is None else rows.none()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return tenants_of(request.user) is None and super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return tenants_of(request.user) is None and super().has_view_permission(request, obj)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = api.installation()
        page = "admin:crm_notify_installation_change"
        return HttpResponseRedirect(reverse(page, args=[row.pk], current_app=self.admin_site.name))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context["original"]
        context["title"], context["subtitle"] = _("Sending and intake"), None
        sends = belongs_here(row) and not row.held
        listens = row.intake == Installation.Intake.OPEN
        context["switches"] = [
            (sending(row), "good" if sends else "bad"),
            (intake(row), "good" if listens else "bad"),
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("receipts that wait to be read"))
    def waiting(self, row: Installation) -> str:
        unread = Receipt.objects.filter(state=Receipt.State.NEW)
        count = unread[: MOST + 1].count()
        return _("more than %d") % MOST if count > MOST else str(count)
