"""What people do about a failure: send again, say how they told him, close."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm_notify import database
from crm_notify.channels.base import MAIL
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Event, Notification
from crm_notify.queue import wake
from crm_notify.rules.evidence import Kind
from crm_notify.rules.outcome import Outcome
from crm_notify.rules.text import printable
from crm_notify.steps.allow import allow, has, locked_chain, mail_of
from crm_notify.steps.hint import hint_about
from crm_notify.steps.person import checked_address, person
from crm_notify.steps.settle import settle
from crm_notify.steps.testify import statement


@database.atomic()
def resend(notification: Notification, *, by: Any, address: str | None) -> Notification:
    """Queue the same news again as a new notification of the chain; see ``api.resend``."""
    allow(by, notification)
    chain = locked_chain(notification)
    # It would be cancelled by whatever is settled next, or sent where nothing is.
    if any(item.outcome == Outcome.TOLD for item in chain):
        raise RefusedInput(_("He has been told, so there is nothing to send again."))
    notification = mail_of(chain, notification)
    mails = [item for item in chain if item.channel == MAIL]
    if notification.recipient is not None:
        name, current = person(notification.recipient)
    else:
        name, current = notification.recipient_name, notification.address
    wanted = (address or current or notification.address).strip()
    own = {item.address.casefold() for item in mails} | {current.casefold()}
    if wanted.casefold() not in own and not has(by, "resend_elsewhere"):
        raise NotAllowed(
            _("You may not send it to another address. Ask somebody who has the permission.")
        )
    wanted = checked_address(wanted)
    under_way = [
        item
        for item in mails
        if item.outcome == Outcome.IN_FLIGHT and item.address.casefold() == wanted.casefold()
    ]
    if under_way:
        return under_way[-1]
    now = timezone.now()
    again = Notification.objects.create(
        activity=notification.activity,
        recipient=notification.recipient,
        recipient_name=name,
        address=wanted,
        channel=notification.channel,
        chain=chain[0],
        previous=notification,
        requested_by=by,
        due_at=now,
        created_at=now,
        changed_at=now,
    )
    wake("deliver")
    hint_about([chain[0].pk])
    return again


@database.atomic()
def state_told(notification: Notification, *, by: Any, how: str) -> Event:
    """Record a person's word that the recipient knows, and how he was told."""
    allow(by, notification)
    return _state(
        notification, Kind.STATED, by=by, text=how, missing=_("Say how the recipient was told.")
    )


@database.atomic()
def close(notification: Notification, *, by: Any, reason: str) -> Event:
    """Close a failure that nobody will mend, with a reason."""
    if not has(by, "change_notification"):
        raise NotAllowed(_("You may not close a failed notification."))
    missing = _("Give a reason.")
    chain = locked_chain(notification)
    if not any(Outcome(item.outcome).needs_a_person for item in chain):
        raise RefusedInput(_("Nothing of it has failed, so there is nothing to close."))
    events = [
        _state(item, Kind.CLOSED, by=by, text=reason, missing=missing)
        for item in chain
        if Outcome(item.outcome).needs_a_person or _is_way_around(item)
    ]
    return events[-1]


def _is_way_around(item: Notification) -> bool:
    """Whether it is on its way by another channel, because of what has failed."""
    return item.channel != MAIL and item.outcome == Outcome.IN_FLIGHT


def _state(notification: Notification, kind: Kind, *, by: Any, text: str, missing: str) -> Event:
    said = printable(text, 1000)
    if not said:
        raise RefusedInput(missing)
    event = statement(notification.pk, kind, now=timezone.now(), by=by, text=said)
    event.save()
    settle([notification.pk])
    return event
