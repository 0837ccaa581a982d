"""Corrections: what people say the right addresses are, those that wait for a decision first."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm_notify import api
from crm_notify.desk.acts import Act
from crm_notify.desk.desk import Column, Desk, Sections
from crm_notify.desk.filters import of_state
from crm_notify.desk.marks import badge, foreign, link, two_lines
from crm_notify.desk.way import Way
from crm_notify.models import Correction
from crm_notify.steps.allow import has
from crm_notify.steps.person import person

MAY = "resend_elsewhere"
State = Correction.State
TONES = {State.PROPOSED: "doubt", State.DONE: "good", State.REFUSED: "quiet"}


def _accept(row: Correction, user: Any, text: str) -> str:
    sent = api.decide_correction(row, by=user, accept=True).sent_again
    said = ngettext(
        "Corrected; %d mail is sent again.",
        "Corrected; %d mails are sent again.",
        sent,
    )
    return said % sent


def _refuse(row: Correction, user: Any, text: str) -> str:
    api.decide_correction(row, by=user, accept=False)
    return _("Refused.")


ACCEPT = Act(
    name="accept",
    label=gettext_lazy("Correct and send again"),
    hint=gettext_lazy("Everything that did not arrive at the wrong address is sent to this one."),
    run=_accept,
    allowed=lambda user, row: has(user, MAY),
    possible=lambda row: row.state == State.PROPOSED,
)
REFUSE = Act(
    name="refuse",
    label=gettext_lazy("Refuse"),
    hint=gettext_lazy("The address stays as it is."),
    run=_refuse,
    allowed=lambda user, row: has(user, MAY),
    possible=lambda row: row.state == State.PROPOSED,
)


def _change(row: Correction, way: Way) -> SafeString:
    return two_lines(foreign(row.new, 80), foreign(row.old, 80))


def _became(row: Correction, way: Way) -> SafeString:
    return badge(row.get_state_display(), TONES[State(row.state)])


def _whose(row: Correction, way: Way) -> SafeString:
    return _name(row.recipient) or foreign(row.notification.recipient_name, 80)


def _occasion(row: Correction, way: Way) -> SafeString:
    return link(row.notification, f"#{row.notification_id}", way)


def _name(user: Any) -> SafeString:
    return foreign(person(user)[0], 80) if user is not None else SafeString("")


CHANGE = Column(name="change", label=gettext_lazy("address"), show=_change)
BECAME = Column(name="became", label=gettext_lazy("state"), show=_became)
WHOSE = Column(name="whose", label=gettext_lazy("recipient"), show=_whose)
OCCASION = Column(name="occasion", label=gettext_lazy("notification"), show=_occasion)
PROPOSER = Column(
    name="proposer",
    label=gettext_lazy("proposed by"),
    show=lambda row, way: _name(row.proposed_by),
)
DECIDER = Column(
    name="decider",
    label=gettext_lazy("decided by"),
    show=lambda row, way: _name(row.decided_by),
)


def _sections(row: Correction, user: Any) -> Sections:
    done = (PROPOSER, "proposed_at", DECIDER, "decided_at", "sent_again")
    return [("", (CHANGE, BECAME, WHOSE, "why", OCCASION, *done))]


CORRECTIONS = Desk(
    model=Correction,
    slug="corrections",
    columns=(CHANGE, BECAME, WHOSE, "proposed_at"),
    sections=_sections,
    join=("notification", "recipient", "proposed_by", "decided_by"),
    filters=(of_state(State.choices, lambda rows, value, user: rows.filter(state=value)),),
    acts=(ACCEPT, REFUSE),
)
