"""The two switches, of sending and of the intake, and the database that knows where it belongs."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from crm_notify import database
from crm_notify.conf import get_settings
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Incident, Installation
from crm_notify.queue import wake
from crm_notify.rules.text import one_line
from crm_notify.steps.incident import close_incident, note_incident


def installation() -> Installation:
    """The one row; written at the first look, with the name that the settings give."""
    row, _ = Installation.objects.get_or_create(
        pk=1, defaults={"name": get_settings().INSTALLATION, "changed_at": timezone.now()}
    )
    return row


def may_send() -> bool:
    """Whether mail may leave: nobody holds it, and the database is that of this installation."""
    row = installation()
    here = get_settings().INSTALLATION
    if row.name != here and not row.held:
        hold(by="crm_notify", reason=f"The database belongs to {row.name!r}, this is {here!r}.")
        return False
    return not row.held


def intake() -> Installation.Intake:
    """Whether what comes in is read, only stored, or sent away to come again."""
    return Installation.Intake(installation().intake)


@database.atomic()
def hold(*, by: str, reason: str) -> Installation:
    """Hold all sending. What is queued stays queued; what is on its way comes to its end."""
    said = one_line(reason, 200)
    if not said:
        raise RefusedInput("Say why sending is held: the admins read it.")
    row = _locked()
    row.held, row.reason = True, said
    _save(row, by=by)
    note_incident(Incident.Kind.HELD, sample=f"{by}: {row.reason}")
    return row


@database.atomic()
def release(*, by: str) -> Installation:
    """Let mail go again; the database now belongs to this installation, by a person's word."""
    row = _locked()
    row.name, row.held, row.reason = get_settings().INSTALLATION, False, ""
    _save(row, by=by)
    close_incident(Incident.Kind.HELD)
    return row


@database.atomic()
def set_intake(state: Installation.Intake, *, by: str, reason: str = "") -> Installation:
    """Hold, close or open the intake.

    Held, what comes in is stored and answered as ever, and read once the intake is opened. Closed,
    it is sent away so that it comes again: for hours, not for days (rules/retrying.py). Raises
    RefusedInput where it is not opened and no reason is given.
    """
    said = one_line(reason, 200)
    opened = state == Installation.Intake.OPEN
    if not opened and not said:
        raise RefusedInput("Say why the intake is not open: the admins read it.")
    row = _locked()
    row.intake, row.intake_reason = state, "" if opened else said
    row.intake_changed_by, row.intake_changed_at = one_line(by, 200), timezone.now()
    row.save()
    close_incident(Incident.Kind.INTAKE)
    if opened:
        wake("interpret")
    else:
        note_incident(Incident.Kind.INTAKE, sample=f"{state}: {said} ({by})")
    return row


def _locked() -> Installation:
    installation()
    return Installation.objects.select_for_update().get(pk=1)


def _save(row: Installation, *, by: Any) -> None:
    row.changed_by, row.changed_at = one_line(str(by), 200), timezone.now()
    row.save()
