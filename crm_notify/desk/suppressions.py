"""Suppressions: the addresses that get no mail, why, and the button that lifts that."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify import api
from crm_notify.desk.acts import Act
from crm_notify.desk.desk import Column, Desk, Sections
from crm_notify.desk.filters import of_state
from crm_notify.desk.marks import badge, foreign, link
from crm_notify.desk.way import Way
from crm_notify.models import Suppression
from crm_notify.steps.allow import has


def _lift(row: Suppression, user: Any, reason: str) -> str:
    where = {"channel": row.channel, "tenant": row.tenant}
    api.lift_suppression(row.address, by=user, reason=reason, **where)
    return _("Lifted: %s") % reason


LIFT = Act(
    name="lift",
    label=gettext_lazy("Lift"),
    hint=gettext_lazy("Mail goes there again. If it bounces, it is suppressed again."),
    ask=gettext_lazy("Reason"),
    run=_lift,
    allowed=lambda user, row: has(user, "change_suppression"),
    possible=lambda row: row.lifted_at is None,
)


def _whose(row: Suppression, way: Way) -> SafeString:
    return foreign(row.address, 80)


def _state(row: Suppression, way: Way) -> SafeString:
    return badge(_("lifted"), "quiet") if row.lifted_at else badge(_("gets no mail"), "bad")


def _said(row: Suppression, way: Way) -> SafeString:
    return foreign(row.reason, 120)


def _proof(row: Suppression, way: Way) -> SafeString | str:
    event = row.evidence
    return link(event, f"#{event.pk}", way) if event else ""


def _occasion(row: Suppression, way: Way) -> SafeString | str:
    failed = row.notification
    return link(failed, f"#{failed.pk}", way) if failed else ""


WHOSE = Column(name="whose", label=gettext_lazy("address"), show=_whose)
STATE = Column(name="state", label=gettext_lazy("state"), show=_state)
SAID = Column(name="said", label=gettext_lazy("what was said"), show=_said)
PROOF = Column(name="proof", label=gettext_lazy("evidence"), show=_proof)
OCCASION = Column(name="occasion", label=gettext_lazy("notification"), show=_occasion)


def _sections(row: Suppression, user: Any) -> Sections:
    lifted = ("lifted_at", "lifted_by", "lifted_because")
    return [("", (WHOSE, "channel", STATE, SAID, PROOF, OCCASION, "since", *lifted))]


SUPPRESSIONS = Desk(
    model=Suppression,
    slug="suppressions",
    columns=(WHOSE, STATE, SAID, "since"),
    sections=_sections,
    join=("evidence", "notification"),
    filters=(
        of_state(
            (("holds", gettext_lazy("holds")),),
            lambda rows, value, user: rows.filter(lifted_at=None),
        ),
    ),
    find=lambda rows, term: rows.filter(address__startswith=term),
    find_help=gettext_lazy("How an address begins."),
    acts=(LIFT,),
)
