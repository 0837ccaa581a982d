"""The installation: whose database this is, whether it sends, and whether it listens."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify import api
from crm_notify.desk.desk import Column, Desk, Sections
from crm_notify.desk.notices import intake, sending
from crm_notify.desk.switches import (
    CLOSE_INTAKE,
    CONFIRM,
    HOLD,
    HOLD_INTAKE,
    OPEN_INTAKE,
    RELEASE,
    belongs_here,
)
from crm_notify.desk.way import Way
from crm_notify.models import Installation, Receipt

#: How far waiting receipts are counted.
MOST = 10_000


def switches(row: Installation) -> list[tuple[str, str]]:
    """How each switch stands, in words, and how that looks."""
    sends = belongs_here(row) and not row.held
    listens = row.intake == Installation.Intake.OPEN
    return [
        (sending(row), "good" if sends else "bad"),
        (intake(row), "good" if listens else "bad"),
    ]


def _waiting(row: Installation, way: Way) -> str:
    unread = Receipt.objects.filter(state=Receipt.State.NEW)
    count = unread[: MOST + 1].count()
    return _("more than %d") % MOST if count > MOST else str(count)


WAITING = Column(name="waiting", label=gettext_lazy("receipts that wait to be read"), show=_waiting)


def _sections(row: Installation, user: Any) -> Sections:
    intake_facts = ("intake", "intake_reason", "intake_changed_by", "intake_changed_at", WAITING)
    return [
        (_("Sending"), ("name", "reason", "changed_by", "changed_at")),
        (_("Sweep"), ("swept_at", "swept_by")),
        (_("Intake"), intake_facts),
    ]


INSTALLATIONS = Desk(
    model=Installation,
    slug="installation",
    columns=("name",),
    sections=_sections,
    heading=gettext_lazy("Sending and intake"),
    acts=(HOLD, RELEASE, CONFIRM, OPEN_INTAKE, HOLD_INTAKE, CLOSE_INTAKE),
    only=api.installation,
)
