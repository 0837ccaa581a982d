"""What an admin must know whatever page he reads: a switch is off, something keeps failing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm_notify.admin.marks import Text
from crm_notify.conf import get_settings
from crm_notify.models import Incident, Installation
from crm_notify.steps.allow import of_his_tenants, tenants_of


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One sentence above a page, and where it leads."""

    text: Text
    url: str
    tone: str = "bad"


def notices(*, site: str, user: Any) -> list[Notice]:
    """What stands above this user's lists. Two queries.

    The switches are for those who see all tenants, incidents for those whose they are.
    """
    row = Installation.objects.filter(pk=1).first() if tenants_of(user) is None else None
    found = []
    if row is not None:
        url = reverse("admin:crm_notify_installation_change", args=[1], current_app=site)
        if row.held or row.name != get_settings().INSTALLATION:
            found.append(Notice(text=sending(row), url=url))
        if row.intake != Installation.Intake.OPEN:
            found.append(Notice(text=intake(row), url=url))
    if count := of_his_tenants(Incident.objects.filter(closed_at=None), user).count():
        said = ngettext("%d incident is open.", "%d incidents are open.", count) % count
        url = reverse("admin:crm_notify_incident_changelist", current_app=site)
        found.append(Notice(text=said, url=url, tone="doubt"))
    return found


def sending(row: Installation) -> str:
    """Whether mail leaves, and why not."""
    here = get_settings().INSTALLATION
    if row.name != here:
        return _(
            "This database belongs to the installation “%(name)s”, and this is “%(here)s”: "
            "no mail leaves until somebody confirms that it belongs here."
        ) % {"name": row.name, "here": here}
    if row.held:
        return _("Sending is held by %(who)s: %(reason)s") % {
            "who": row.changed_by,
            "reason": row.reason,
        }
    return _("Mail is being sent.")


def intake(row: Installation) -> str:
    """Whether what comes in is read, and why not."""
    said = {"who": row.intake_changed_by, "reason": row.intake_reason}
    if row.intake == Installation.Intake.HELD:
        return (
            _(
                "The intake is held by %(who)s (%(reason)s): what comes in is stored, and read "
                "once it is opened."
            )
            % said
        )
    if row.intake == Installation.Intake.CLOSED:
        return (
            _(
                "The intake is closed by %(who)s (%(reason)s): what comes in is sent away, to "
                "come again; most senders try for hours, not for days."
            )
            % said
        )
    return _("What comes in is read.")
