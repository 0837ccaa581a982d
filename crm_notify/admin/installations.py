"""The installation: whose database this is, and the switch that holds all sending."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify import api
from crm_notify.admin.acts import Act, ActingAdmin
from crm_notify.admin.notices import sending
from crm_notify.conf import get_settings
from crm_notify.models import Installation
from crm_notify.steps.person import person

CHANGE = "crm_notify.change_installation"


def may_change(user: Any, row: Installation) -> bool:
    """Who may hold and release sending."""
    return bool(user.has_perm(CHANGE))


def belongs_here(row: Installation) -> bool:
    """Whether the database is that of this installation."""
    return row.name == get_settings().INSTALLATION


def _hold(row: Installation, user: Any, reason: str) -> str:
    return _("Sending held: %s") % api.hold_sending(by=person(user)[0], reason=reason).reason


def _release(row: Installation, user: Any, text: str) -> str:
    api.release_sending(by=person(user)[0])
    return _("Sending released.")


def _confirm(row: Installation, user: Any, text: str) -> str:
    name = api.release_sending(by=person(user)[0]).name
    return _("Confirmed that this database belongs to “%s”; sending released.") % name


HOLD = Act(
    name="hold",
    label=gettext_lazy("Hold all sending"),
    hint=gettext_lazy("What is queued stays queued. What has been handed over cannot be recalled."),
    ask=gettext_lazy("Reason"),
    run=_hold,
    allowed=may_change,
    possible=lambda row: not row.held,
)
RELEASE = Act(
    name="release",
    label=gettext_lazy("Release sending"),
    hint=gettext_lazy("What has been waiting goes out at once."),
    run=_release,
    allowed=may_change,
    possible=lambda row: row.held and belongs_here(row),
)
CONFIRM = Act(
    name="confirm",
    label=gettext_lazy("It belongs here: release sending"),
    hint=gettext_lazy(
        "Not on a copy of another installation's database: its users would get mail from here."
    ),
    run=_confirm,
    allowed=may_change,
    possible=lambda row: not belongs_here(row),
)


@admin.register(Installation)
class InstallationAdmin(ActingAdmin):
    """One row, so its list is its page."""

    fields = ("name", "reason", "changed_by", "changed_at")
    acts = (HOLD, RELEASE, CONFIRM)

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
        context["title"], context["subtitle"] = _("Sending"), None
        context["state"] = sending(row)
        context["is_sending"] = belongs_here(row) and not row.held
        return super().render_change_form(request, context, *args, **kwargs)
