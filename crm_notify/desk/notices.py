"""What an admin must know whatever page he reads: a switch is off, something keeps failing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm_notify.conf import get_settings
from crm_notify.desk.marks import Text
from crm_notify.desk.sight import visible
from crm_notify.desk.way import Way
from crm_notify.models import Incident, Installation


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One sentence above a page, and where it leads."""

    text: Text
    url: str
    tone: str = "bad"


def notices(way: Way, user: Any) -> list[Notice]:
    """What stands above this user's lists. Two queries."""
    row = visible(Installation.objects.filter(pk=1), user).first()
    found = []
    if row is not None:
        url = way(Installation, row.pk)
        if row.held or row.name != get_settings().INSTALLATION:
            found.append(Notice(text=sending(row), url=url))
        if row.intake != Installation.Intake.OPEN:
            found.append(Notice(text=intake(row), url=url))
    standing = visible(Incident.objects.filter(closed_at=None), user)
    if count := standing.count():
        said = ngettext("%d incident is open.", "%d incidents are open.", count) % count
        found.append(Notice(text=said, url=way(Incident), tone="doubt"))
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
