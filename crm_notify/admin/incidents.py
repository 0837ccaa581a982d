"""Incidents: many troubles with one cause, the open ones first."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify.admin.acts import Act, ActingAdmin
from crm_notify.admin.filters import ALL, ChoiceFilter
from crm_notify.admin.marks import badge
from crm_notify.models import Incident
from crm_notify.rules.text import one_line
from crm_notify.steps.incident import close_incident

CHANGE = "crm_notify.change_incident"
#: What a switch opens ends with that switch.
SWITCHED = (Incident.Kind.HELD, Incident.Kind.INTAKE)


def _close(incident: Incident, user: Any, text: str) -> str:
    close_incident(Incident.Kind(incident.kind), subject=incident.subject)
    return _("Closed: %s") % one_line(text, 500)


CLOSE = Act(
    name="close",
    label=gettext_lazy("Close"),
    hint=gettext_lazy("If the cause is still there, the next trouble opens a new one."),
    ask=gettext_lazy("What was done about it"),
    run=_close,
    allowed=lambda user, incident: user.has_perm(CHANGE),
    possible=lambda incident: incident.closed_at is None and incident.kind not in SWITCHED,
)


class StateFilter(ChoiceFilter):
    """Open ones, until somebody asks for others."""

    title = gettext_lazy("state")
    parameter_name = "state"
    words = (("open", gettext_lazy("open")), (ALL, gettext_lazy("All")))

    def preset(self, request: HttpRequest) -> str:
        return "open"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Incident]) -> QuerySet[Incident]:
        return queryset if self.value() == ALL else queryset.filter(closed_at=None)


@admin.register(Incident)
class IncidentAdmin(ActingAdmin):
    """Counted while they are open."""

    list_display = ("what", "subject", "count", "state", "first_at", "last_at")
    list_filter = (StateFilter,)
    ordering = ("-last_at",)
    fields = ("what", "subject", "count", "sample", "state", "first_at", "last_at", "closed_at")
    readonly_fields = ("what", "state")
    acts = (CLOSE,)

    @admin.display(description=gettext_lazy("incident"))
    def what(self, incident: Incident) -> str:
        return incident.get_kind_display()

    @admin.display(description=gettext_lazy("state"))
    def state(self, incident: Incident) -> SafeString:
        return badge(_("closed"), "quiet") if incident.closed_at else badge(_("open"), "bad")
