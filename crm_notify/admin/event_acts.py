"""What can be done about a parked event: find where it belongs, or say that it is none of ours."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify.admin import notification_acts
from crm_notify.admin.acts import Act
from crm_notify.admin.search import one_notification
from crm_notify.conf import get_settings
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Event
from crm_notify.rules.text import one_line
from crm_notify.steps.mend import attach_event, close_event
from crm_notify.steps.park import try_parked

CHANGE = "crm_notify.change_event"


def is_parked(event: Event) -> bool:
    """Whether it belongs to nothing, and nobody has closed it."""
    return event.notification_id is None and not event.note


def may_change(user: Any, event: Event) -> bool:
    """Who may close events."""
    return bool(user.has_perm(CHANGE))


def may_attach(user: Any, event: Event) -> bool:
    """Who may change events, and what is said of notifications."""
    return bool(user.has_perms([CHANGE, notification_acts.CHANGE]))


def _try_now(event: Event, user: Any, text: str) -> str:
    try_parked([event.pk], now=timezone.now(), give_up_after=get_settings().PARKED_FOR)
    event.refresh_from_db(fields=["notification"])
    if event.notification_id is None:
        raise RefusedInput(_("It still belongs to nothing that we sent."))
    return _("It belongs to notification #%d.") % event.notification_id


def _attach(event: Event, user: Any, term: str) -> str:
    notification = one_notification(term, user=user)
    attach_event(event.pk, notification, by=user)
    return _("Attached to notification #%d.") % notification


def _close(event: Event, user: Any, reason: str) -> str:
    close_event(event.pk, by=user, reason=reason)
    return _("Closed: %s") % one_line(reason, 500)


TRY_NOW = Act(
    name="try_now",
    label=gettext_lazy("Try again now"),
    hint=gettext_lazy("Look once more for the notification that it names."),
    run=_try_now,
    allowed=may_change,
    possible=is_parked,
)
ATTACH = Act(
    name="attach",
    label=gettext_lazy("Attach to a notification"),
    hint=gettext_lazy(
        "Its number, a token or the whole address of a bounce, or a Message-ID. What the event "
        "says counts from then on: it may warn people, or end a warning."
    ),
    ask=gettext_lazy("Which notification it is about"),
    run=_attach,
    allowed=may_attach,
    possible=is_parked,
)
CLOSE = Act(
    name="close",
    label=gettext_lazy("Close with a reason"),
    hint=gettext_lazy("It belongs to nothing of ours, and is not tried again."),
    ask=gettext_lazy("Reason"),
    run=_close,
    allowed=may_change,
    possible=is_parked,
)
