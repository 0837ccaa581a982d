"""What a person does about news that could not be read, or that belongs to nothing we know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm_notify import database
from crm_notify.channels.webhooks import signature
from crm_notify.exceptions import CrmNotifyError, RefusedInput
from crm_notify.models import Event, Notification, Receipt
from crm_notify.queue import wake
from crm_notify.rules.evidence import WEIGHT, Kind
from crm_notify.rules.text import one_line, printable
from crm_notify.steps.assign import assign
from crm_notify.steps.person import person
from crm_notify.steps.settle import settle
from crm_notify.steps.testify import statement

State = Receipt.State
#: What waits for a person.
WAITING = (State.FAILED, State.QUARANTINED)


def try_again(receipts: Sequence[int]) -> int:
    """Let these failed receipts be read again; return how many."""
    with database.atomic():
        count = Receipt.objects.filter(pk__in=receipts, state=State.FAILED).update(
            state=State.NEW, tries=0, error="", due_at=timezone.now()
        )
        wake("interpret")
    return count


def let_in(receipts: Sequence[int]) -> int:
    """Let those of quarantine in whose signature holds now, say with a key that was missing.

    Returns how many; the others stay, each with today's reason. To be called with no transaction
    open: a provider may have to be asked for its certificate.
    """
    let = 0
    for pk in receipts:
        waiting = Receipt.objects.filter(pk=pk, state=State.QUARANTINED)
        receipt = waiting.first()
        if receipt is None:
            continue
        try:
            verdict = signature(receipt.posted(), came_at=receipt.received_at)
        except CrmNotifyError as error:
            waiting.update(error=printable(str(error), 1000))
        else:
            let += waiting.update(state=State.NEW, verdict=verdict, error="", due_at=timezone.now())
    with database.atomic():
        wake("interpret")
    return let


def close_receipt(receipt: int, *, by: Any, reason: str) -> None:
    """Close what nobody will read; its bytes stay.

    Raises RefusedInput without a reason, or where it does not wait for a person.
    """
    waiting = Receipt.objects.filter(pk=receipt, state__in=WAITING)
    if not waiting.update(state=State.CLOSED, note=_said(by, reason), due_at=None):
        raise RefusedInput(_("This receipt does not wait for a person any more."))


@database.atomic()
def attach_receipt(receipt: int, notification: int, *, by: Any) -> Event:
    """State that a receipt which nobody could read is about this notification.

    What it says remains unclear, so somebody is asked, unless a delivery is known or heard of soon
    (UNCLEAR_AFTER); the receipt is closed. Raises RefusedInput where it does not wait for a person.
    """
    now = timezone.now()
    kept = Receipt.objects.select_for_update().filter(pk=receipt, state__in=WAITING).first()
    if kept is None:
        raise RefusedInput(_("This receipt does not wait for a person any more."))
    row = Notification.objects.get(pk=notification)
    event = statement((row.pk, row.tenant), Kind.UNCLEAR, now=now, by=by, text=kept.error)
    event.receipt, event.evidence = kept, WEIGHT[Kind.UNCLEAR]
    event.save()
    close_receipt(receipt, by=by, reason=f"it is about notification {notification}")
    settle([notification])
    return event


@database.atomic()
def attach_event(event: int, notification: int, *, by: Any) -> Event:
    """State that a parked event is about this notification; what it says counts from now on.

    Raises RefusedInput where it is not parked any more.
    """
    parked = _parked(event)
    row = Notification.objects.get(pk=notification)
    parked.notification_id, parked.attempt_id = notification, _only_attempt(row)
    parked.tenant = row.tenant
    parked.matched, parked.due_at = Event.Matched.PERSON, None
    parked.note = _said(by, "it belongs here")
    parked.save(update_fields=["notification", "attempt", "tenant", "matched", "due_at", "note"])
    assign([parked])
    settle([notification])
    return parked


@database.atomic()
def close_event(event: int, *, by: Any, reason: str) -> None:
    """Close a parked event that belongs to nothing of ours; it is not tried again.

    Raises RefusedInput without a reason, or where it is not parked any more.
    """
    parked = _parked(event)
    parked.due_at, parked.note = None, _said(by, reason)
    parked.save(update_fields=["due_at", "note"])


def _parked(event: int) -> Event:
    rows = Event.objects.select_for_update().filter(pk=event, notification=None, note="")
    parked = rows.first()
    if parked is None:
        raise RefusedInput(_("This event is not parked any more."))
    return parked


def _only_attempt(row: Notification) -> int | None:
    """The attempt, where there was only one; else it is about any of them."""
    attempts = list(row.attempts.values_list("pk", flat=True)[:2])
    return attempts[0] if len(attempts) == 1 else None


def _said(by: Any, reason: str) -> str:
    said = one_line(reason, 700)
    if not said:
        raise RefusedInput(_("Say why it is closed: whoever looks for the news reads it."))
    return f"{person(by)[0]}: {said}"
