"""The two switches: of sending, and of the intake."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify import api
from crm_notify.conf import get_settings
from crm_notify.desk.acts import Act
from crm_notify.models import Installation
from crm_notify.steps.allow import has
from crm_notify.steps.person import person

CHANGE = "change_installation"
Intake = Installation.Intake


def may_change(user: Any, row: Installation) -> bool:
    """Who may turn the switches."""
    return has(user, CHANGE)


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


def _hold_intake(row: Installation, user: Any, reason: str) -> str:
    held = api.hold_intake(by=person(user)[0], reason=reason)
    return _("Intake held: %s") % held.intake_reason


def _close_intake(row: Installation, user: Any, reason: str) -> str:
    closed = api.close_intake(by=person(user)[0], reason=reason)
    return _("Intake closed: %s") % closed.intake_reason


def _open_intake(row: Installation, user: Any, text: str) -> str:
    api.open_intake(by=person(user)[0])
    return _("Intake opened.")


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
HOLD_INTAKE = Act(
    name="hold_intake",
    label=gettext_lazy("Hold the intake"),
    hint=gettext_lazy(
        "What comes in is stored and answered as ever, and read once the intake is opened. "
        "Until then nothing is sent again for want of news."
    ),
    ask=gettext_lazy("Reason"),
    run=_hold_intake,
    allowed=may_change,
    possible=lambda row: row.intake != Intake.HELD,
)
CLOSE_INTAKE = Act(
    name="close_intake",
    label=gettext_lazy("Close the intake"),
    hint=gettext_lazy(
        "What comes in is sent away and not stored. Providers and mail servers come again with "
        "it, for some hours only."
    ),
    ask=gettext_lazy("Reason"),
    run=_close_intake,
    allowed=may_change,
    possible=lambda row: row.intake != Intake.CLOSED,
)
OPEN_INTAKE = Act(
    name="open_intake",
    label=gettext_lazy("Open the intake"),
    hint=gettext_lazy("What was stored meanwhile is read, in the order in which it came."),
    run=_open_intake,
    allowed=may_change,
    possible=lambda row: row.intake != Intake.OPEN,
)
