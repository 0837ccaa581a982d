"""Plain words for a warning: who was not told of what, why, and what has become of it since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm_notify.desk.marks import local
from crm_notify.models import Activity, Alert, Attempt, Event, Notification
from crm_notify.rules.cause import OUR_PROVIDER, OUR_SENDER
from crm_notify.rules.evidence import Kind
from crm_notify.rules.outcome import Dispatch
from crm_notify.rules.providers import PROVIDERS
from crm_notify.rules.text import printable
from crm_notify.steps import word
from crm_notify.steps.word import headline, link, name_of, why

__all__ = [
    "cut",
    "diagnosis",
    "folded",
    "headline",
    "link",
    "local",
    "moment",
    "name_of",
    "progress",
    "settled",
    "speaker",
    "what",
    "why",
]

#: How much of a provider's own words a warning shows, in characters.
SAID_LIMIT = 240

_CAUSES = {
    OUR_SENDER: _("our own sender or set-up is refused."),
    OUR_PROVIDER: _("our mail provider refuses it."),
}


def what(activity: Activity, *, viewer: Any) -> str:
    """Of what: "You logged a call"."""
    return word.what(activity, viewer_id=viewer.pk)


def folded(count: int, cause: str) -> str:
    """How many did not arrive for one cause, and that the admins know."""
    words = ngettext(
        "%(count)s message did not arrive: %(why)s The admins know.",
        "%(count)s messages did not arrive: %(why)s The admins know.",
        count,
    )
    known = _CAUSES.get(cause)
    domain = {"domain": printable(cause, 190)}
    why = str(known) if known else gettext("%(domain)s does not take our mail.") % domain
    return words % {"count": count, "why": why}


def speaker(reason: Event | Attempt | None) -> str:
    """Who gave the reason: the provider, by the name it is known by."""
    if reason is None:
        return ""
    provider = PROVIDERS.get(reason.provider)
    return provider.label if provider else printable(reason.provider, 30)


def diagnosis(reason: Event | Attempt | None) -> str:
    """The provider's own code and words on one line, harmless to show."""
    if reason is None:
        return ""
    text = printable(reason.text if isinstance(reason, Event) else reason.detail, 1000)
    code = printable(reason.code, 20)
    return text if code in text else f"{code} {text}".strip()


def cut(text: str, limit: int = SAID_LIMIT) -> str:
    """Return ``text``, cut where it is longer than ``limit``, with a mark where it was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def progress(notification: Notification, *, chain: Notification, again: Notification | None) -> str:
    """What has become of it since it failed; empty where nobody has tried again."""
    if again is not None:
        place = {"address": printable(again.address, 320), "when": moment(again.created_at)}
        if again.dispatch == Dispatch.QUEUED:
            return gettext("It is about to be sent again to %(address)s") % place
        return gettext("Sent again to %(address)s at %(when)s; waiting for news") % place
    if notification.pk == chain.pk:
        return ""
    place = {
        "address": printable(chain.address, 320),
        "when": moment(notification.created_at),
    }
    if notification.address.casefold() == chain.address.casefold():
        return gettext("Sent again at %(when)s, and failed again") % place
    return gettext("Failed for %(address)s first; sent again at %(when)s, and failed again") % place


def settled(alert: Alert, by: Event | None, *, viewer: Any) -> str:
    """Why a closed alert is closed."""
    name = name_of(alert.notification)
    if alert.closed == Alert.Closed.HANDED and alert.closed_at is not None:
        place = {"name": name, "when": moment(alert.closed_at)}
        return gettext("Handed over at %(when)s; %(name)s was not told yet") % place
    if by is None:
        return f"{name}: {alert.get_closed_display()}"
    sent_to = by.notification.address if by.notification is not None else ""
    place = {
        "name": name,
        "when": moment(by.occurred_at or by.recorded_at),
        "address": printable(by.recipient or sent_to, 320),
        "author": printable(by.author_name, 200),
        "said": cut(printable(by.text, 1000)),
    }
    if by.kind == Kind.SEEN:
        return gettext("%(name)s saw it at %(when)s") % place
    own = by.author_id is not None and by.author_id == viewer.pk
    if by.kind == Kind.STATED and own:
        return gettext("You noted at %(when)s how %(name)s was told: “%(said)s”") % place
    if by.kind == Kind.STATED:
        return gettext("%(author)s noted at %(when)s how %(name)s was told: “%(said)s”") % place
    if by.kind == Kind.CLOSED:
        return gettext("%(author)s closed it at %(when)s, %(name)s not told: “%(said)s”") % place
    return gettext("%(name)s has it: delivered to %(address)s at %(when)s") % place


def moment(value: datetime) -> str:
    """The hour of today, the date and hour of another day, as the reader's language has it."""
    there = local(value)
    wanted = "TIME_FORMAT" if there.date() == local(timezone.now()).date() else "DATETIME_FORMAT"
    return formats.date_format(there, wanted)
