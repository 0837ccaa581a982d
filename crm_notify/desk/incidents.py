"""Incidents: many troubles with one cause, the open ones first."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm_notify import api
from crm_notify.desk.acts import Act
from crm_notify.desk.desk import Column, Desk, Sections
from crm_notify.desk.filters import of_state
from crm_notify.desk.marks import badge
from crm_notify.desk.way import Way
from crm_notify.models import Incident
from crm_notify.rules.text import one_line
from crm_notify.steps.allow import has
from crm_notify.steps.incident import close_incident, sign_off

CHANGE = "change_incident"
#: What a switch opens ends with that switch.
SWITCHED = (Incident.Kind.HELD, Incident.Kind.INTAKE)
FAILURES = Incident.Kind.FAILURES


def _close(incident: Incident, user: Any, text: str) -> str:
    if incident.kind == Incident.Kind.SINK:
        # It is called with all that it did not take.
        api.close_incident(incident, by=user)
    else:
        kind = Incident.Kind(incident.kind)
        close_incident(kind, subject=incident.subject, tenant=incident.tenant)
    sign_off(incident.pk, by=user, said=text)
    return _("Closed: %s") % one_line(text, 500)


def _resume(incident: Incident, user: Any, text: str, *, again: bool) -> str:
    sent = api.close_incident(incident, by=user, again=again)
    sign_off(incident.pk, by=user, said=text)
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
    allowed=lambda user, incident: has(user, CHANGE),
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
    allowed=lambda user, incident: has(user, CHANGE),
    possible=lambda incident: incident.closed_at is None and incident.kind == FAILURES,
)
UNFOLD = Act(
    name="unfold",
    label=gettext_lazy("Close without sending again"),
    hint=gettext_lazy("Each failure stands alone again, before those who were warned of it."),
    ask=gettext_lazy("Reason"),
    run=partial(_resume, again=False),
    allowed=lambda user, incident: has(user, CHANGE),
    possible=lambda incident: incident.closed_at is None and incident.kind == FAILURES,
)


def _what(incident: Incident, way: Way) -> str:
    return incident.get_kind_display()


def _state(incident: Incident, way: Way) -> SafeString:
    return badge(_("closed"), "quiet") if incident.closed_at else badge(_("open"), "bad")


WHAT = Column(name="what", label=gettext_lazy("incident"), show=_what)
STATE = Column(name="state", label=gettext_lazy("state"), show=_state)


def _sections(incident: Incident, user: Any) -> Sections:
    seen = ("first_at", "last_at", "closed_at")
    return [("", (WHAT, "subject", "tenant", "count", "sample", STATE, *seen))]


INCIDENTS = Desk(
    model=Incident,
    slug="incidents",
    columns=(WHAT, "subject", "tenant", "count", STATE, "first_at", "last_at"),
    sections=_sections,
    order=lambda given: "last_at",
    filters=(
        of_state(
            (("open", gettext_lazy("open")),),
            lambda rows, value, user: rows.filter(closed_at=None),
        ),
    ),
    acts=(RESUME, UNFOLD, CLOSE),
)
