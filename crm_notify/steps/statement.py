"""What people do about a failure: look, acknowledge, send again, say how they told him, close."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_notify.conf import get_settings
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Alert, Event, Notification
from crm_notify.querysets import members_of, target_key
from crm_notify.queue import wake
from crm_notify.rules.evidence import Kind
from crm_notify.rules.outcome import Outcome
from crm_notify.rules.text import has_control, printable
from crm_notify.steps.person import person
from crm_notify.steps.settle import settle
from crm_notify.steps.testify import statement, verdict


def may_act(user: Any, notification: Notification) -> bool:
    """The acting user, whoever has been warned, and those who may change notifications."""
    if not _is_somebody(user):
        return False
    return (
        notification.activity.actor_id == user.pk
        or _has(user, "change_notification")
        or Alert.objects.filter(
            chain=notification.chain_id_or_own, person=user, closed_at=None
        ).exists()
    )


def acknowledge(alert: Alert, *, by: Any) -> Alert:
    """Stop the clock of this alert; only evidence closes it."""
    own = _is_somebody(by) and alert.person_id == by.pk
    if not (own or _has(by, "change_notification")):
        raise NotAllowed(_("This warning is somebody else's."))
    now = timezone.now()
    Alert.objects.filter(pk=alert.pk, acknowledged_at=None, closed_at=None).update(
        acknowledged_at=now, snoozed_until=None, due_at=now + get_settings().AGAIN_AFTER
    )
    alert.refresh_from_db()
    return alert


@transaction.atomic
def resend(notification: Notification, *, by: Any, address: str | None) -> Notification:
    """Queue the same news again as a new notification of the chain; see ``api.resend``."""
    _allow(by, notification)
    chain = _locked(notification)
    # It would be cancelled by whatever is settled next, or sent where nothing is.
    if any(item.outcome == Outcome.TOLD for item in chain):
        raise RefusedInput(_("He has been told, so there is nothing to send again."))
    if notification.recipient is not None:
        name, current = person(notification.recipient)
    else:
        name, current = notification.recipient_name, notification.address
    wanted = address.strip() if address else current or notification.address
    own = {item.address.casefold() for item in chain} | {current.casefold()}
    if wanted.casefold() not in own and not _has(by, "resend_elsewhere"):
        raise NotAllowed(
            _("You may not send it to another address. Ask somebody who has the permission.")
        )
    try:
        validate_email(wanted)
    except ValidationError:
        valid = False
    else:
        # A quoted local part may hold any of them.
        valid = not has_control(wanted)
    if not valid:
        raise RefusedInput(_("“%s” is not an address.") % printable(wanted, 100))
    under_way = [
        item
        for item in chain
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
    return again


@transaction.atomic
def state_told(notification: Notification, *, by: Any, how: str) -> Event:
    """Record a person's word that the recipient knows, and how he was told."""
    _allow(by, notification)
    return _state(
        notification, Kind.STATED, by=by, text=how, missing=_("Say how the recipient was told.")
    )


@transaction.atomic
def close(notification: Notification, *, by: Any, reason: str) -> Event:
    """Close a failure that nobody will mend, with a reason."""
    if not _has(by, "change_notification"):
        raise NotAllowed(_("You may not close a failed notification."))
    missing = _("Give a reason.")
    failing = [item for item in _locked(notification) if Outcome(item.outcome).needs_a_person]
    if not failing:
        raise RefusedInput(_("Nothing of it has failed, so there is nothing to close."))
    events = [_state(item, Kind.CLOSED, by=by, text=reason, missing=missing) for item in failing]
    return events[-1]


@transaction.atomic
def mark_seen(target: models.Model, *, user: Any) -> int:
    """The recipient himself, logged in, has opened the record: he knows. Returns how many."""
    if not _is_somebody(user):
        return 0
    kind, key = target_key(target)
    # Also what was delivered: a bounce may yet come, and does not undo that he has seen it.
    unseen = Notification.objects.filter(
        ~Exists(Event.objects.filter(notification=OuterRef("pk"), kind=Kind.SEEN)),
        recipient=user,
        activity__target_type=kind,
        activity__target_id=key,
    )
    now = timezone.now()
    ids = list(unseen.values_list("pk", flat=True))
    seen = [verdict(pk, Kind.SEEN, now=now, by=user) for pk in ids]
    Event.objects.bulk_create(seen, ignore_conflicts=True)
    settle(ids)
    return len(ids)


def _state(notification: Notification, kind: Kind, *, by: Any, text: str, missing: str) -> Event:
    said = printable(text, 1000)
    if not said:
        raise RefusedInput(missing)
    event = statement(notification.pk, kind, now=timezone.now(), by=by, text=said)
    event.save()
    settle([notification.pk])
    return event


def _is_somebody(user: Any) -> bool:
    """Not an anonymous visitor, whose missing id would equal that of the admins' alerts."""
    return user.pk is not None and bool(user.is_active)


def _has(user: Any, permission: str) -> bool:
    """Whether he has one of our permissions; a host's own user model may know of none."""
    ask = getattr(user, "has_perm", None)
    return _is_somebody(user) and ask is not None and bool(ask(f"crm_notify.{permission}"))


def _allow(by: Any, notification: Notification) -> None:
    if not may_act(by, notification):
        raise NotAllowed(_("This notification is somebody else's."))


def _locked(notification: Notification) -> list[Notification]:
    """The chain, with its first notification locked, so that two clicks do not send twice.

    The lock comes first: a query that waits for its locks does not see rows written meanwhile.
    """
    head = notification.chain_id_or_own
    Notification.objects.select_for_update(no_key=True).get(pk=head)
    return list(members_of([head]).order_by("pk"))
