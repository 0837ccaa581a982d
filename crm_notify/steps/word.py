"""Put a warning into plain words: who was not told of what, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm_notify.channels.wording import page
from crm_notify.conf import get_settings
from crm_notify.models import Activity, Alert, Notification
from crm_notify.rules.evidence import Blame
from crm_notify.rules.outcome import Outcome
from crm_notify.rules.text import has_control, printable

_WHY = {
    Blame.ADDRESS: _("There is no such mailbox."),
    Blame.MAILBOX: _("The mailbox cannot take mail now."),
    Blame.POLICY: _("The receiving side does not want it."),
    Blame.CONTENT: _("What it said was refused."),
    Blame.SENDER: _("Our own sender or set-up was refused; the admins know."),
    Blame.SERVER: _("The receiving server failed."),
}


@dataclass(frozen=True, kw_only=True)
class Description:
    """One warning in words, in the language that is active; all of it is plain text.

    ``url`` is the record's link and ``page`` that of all warnings; each may be empty, and is
    relative where the host's are. ``folded``: it is one of many of one cause, which the admins know
    of. What is no longer ``standing`` was closed.
    """

    headline: str
    what: str
    target: str
    why: str
    url: str
    page: str
    urgent: bool
    folded: bool
    standing: bool


def describe(alert: Alert) -> Description:
    """Say it as whoever is warned reads it on his screen.

    No query for an alert that a sink is handed, nor for one of ``open_alerts`` but of what folds
    it, where something does.
    """
    notification, incident = alert.notification, alert.incident
    activity = notification.activity
    urgent = activity.urgency == Activity.Urgency.URGENT
    return Description(
        headline=headline(notification, again=None) if alert.closed_at is None else _over(alert),
        what=what(activity, viewer_id=alert.person_id),
        target=printable(activity.target_label, 255),
        why=why(notification) if alert.closed_at is None else "",
        url=link(activity.url),
        # A worker, or another host name, may have another URLconf than the one that has ours.
        page=page("crm_notify:alerts") or page("crm_notify:alerts", urlconf=get_settings().urlconf),
        urgent=urgent,
        folded=not urgent and incident is not None and incident.closed_at is None,
        standing=alert.closed_at is None,
    )


def name_of(notification: Notification) -> str:
    """The recipient, by whatever is known of him."""
    name = printable(notification.recipient_name or notification.address, 200)
    return name or gettext("Somebody")


def headline(notification: Notification, *, again: Notification | None) -> str:
    """Who was not told, or not yet where ``again`` is under way."""
    name = name_of(notification)
    if again is not None:
        return gettext("%(name)s has not been told yet") % {"name": name}
    if notification.outcome == Outcome.UNCLEAR:
        return gettext("Nobody knows whether %(name)s was told") % {"name": name}
    return gettext("%(name)s was not told") % {"name": name}


def what(activity: Activity, *, viewer_id: Any) -> str:
    """Of what: "You logged a call", where ``viewer_id`` is the acting user's key."""
    verb = printable(activity.verb, 200)
    if activity.actor_id is not None and activity.actor_id == viewer_id:
        return gettext("You %(verb)s") % {"verb": verb}
    actor = printable(activity.actor_name, 200)
    return gettext("%(name)s %(verb)s") % {"name": actor, "verb": verb} if actor else verb


def link(url: str) -> str:
    """The record's link, or an empty text where it is none that a page should follow."""
    # Browsers take spaces before, and control characters anywhere, for nothing: "java\nscript:".
    url = url.strip()
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return ""
    return url if scheme in {"", "http", "https"} and not has_control(url) else ""


def why(notification: Notification) -> str:
    """Whose fault it is, in one sentence; the address stands beside it."""
    if not notification.address:
        return gettext("No address is on file.")
    if notification.outcome == Outcome.UNCLEAR:
        return gettext("Nobody has confirmed that it arrived.")
    known = _WHY.get(Blame(notification.blame))
    return str(known) if known else gettext("It could not be delivered, and nobody said why.")


def _over(alert: Alert) -> str:
    name = {"name": name_of(alert.notification)}
    if alert.closed == Alert.Closed.TOLD:
        return gettext("%(name)s was told") % name
    if alert.closed == Alert.Closed.HANDED:
        return gettext("%(name)s has not been told yet") % name
    return gettext("%(name)s was not told; this was closed") % name
