"""Incidents: many troubles with one cause, the open ones first."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm_notify import api
from crm_notify.admin.acts import Act, ActingAdmin
from crm_notify.admin.filters import ALL, ChoiceFilter
from crm_notify.admin.marks import badge
from crm_notify.models import Incident
from crm_notify.rules.text import one_line
from crm_notify.steps.incident import close_incident

CHANGE = "crm_notify.change_incident"
#: What a switch opens ends with that switch.
SWITCHED = (Incident.Kind.HELD, Incident.Kind.INTAKE)
FAILURES = Incident.Kind.FAILURES


def _close(incident: Incident, user: Any, text: str) -> str:
    kind = Incident.Kind(incident.kind)
    close_incident(kind, subject=incident.subject, tenant=incident.tenant)
    return _("Closed: %s") % one_line(text, 500)


def _resume(incident: Incident, user: Any, text: str, *, again: bool) -> str:
    sent = api.close_incident(incident, by=user, again=again)
    said = ngettext(
        "Closed; %(count)d mail is sent again: %(why)s",
        "Closed; %(count)d mails are sent again: %(why)s",
        sent,
    )
    return said % {"count": sent, "why": one_line(text, 500)}


CLOSE = Act(
    name="close",
    label=gettext_lazy("Close"),
    hint=gettext_lazy("If the cause is still there, the next trouble opens a new one."),
    ask=gettext_lazy("What was done about it"),
    run=_close,
    allowed=lambda user, incident: user.has_perm(CHANGE),
    possible=lambda incident: (
        incident.closed_at is None and incident.kind not in {*SWITCHED, FAILURES}
    ),
)
RESUME = Act(
    name="resume",
    label=gettext_lazy("The cause is gone: send again"),
    hint=gettext_lazy("Each mail that failed for it goes out once more, slowly."),
    ask=gettext_lazy("What was done about it"),
    run=partial(_resume, again=True),
    allowed=lambda user, incident: user.has_perm(CHANGE),
    possible=lambda incident: incident.closed_at is None and incident.kind == FAILURES,
)
UNFOLD = Act(
    name="unfold",
    label=gettext_lazy("Close without sending again"),
    hint=gettext_lazy("Each failure stands alone again, before those who were warned of it."),
    ask=gettext_lazy("Reason"),
    run=partial(_resume, again=False),
    allowed=lambda user, incident: user.has_perm(CHANGE),
    possible=lambda incident: incident.closed_at is None and incident.kind == FAILURES,
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

    list_display = ("what", "subject", "tenant", "count", "state", "first_at", "last_at")
    list_filter = (StateFilter,)
    ordering = ("-last_at",)
    fields = (
        "what",
        "subject",
        "tenant",
        "count",
        "sample",
        "state",
        "first_at",
        "last_at",
        "closed_at",
    )
    readonly_fields = ("what", "state")
    acts = (RESUME, UNFOLD, CLOSE)

    @admin.display(description=gettext_lazy("incident"))
    def what(self, incident: Incident) -> str:
        return incident.get_kind_display()

    @admin.display(description=gettext_lazy("state"))
    def state(self, incident: Incident) -> SafeString:
        return badge(_("closed"), "quiet") if incident.closed_at else badge(_("open"), "bad")
