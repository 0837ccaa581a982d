"""Read receipts in a worker: each becomes events, or stays with the reason why not."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm_notify.channels.webhooks import parse
from crm_notify.models import Incident, Receipt
from crm_notify.queue import wake
from crm_notify.rules.text import printable
from crm_notify.steps.hear import event_of, event_of_mail
from crm_notify.steps.incident import note_incident
from crm_notify.steps.note import note

logger = logging.getLogger(__name__)

#: How long one receipt may be read before another worker takes it.
LEASE = timedelta(minutes=5)
#: How often reading is tried; a receipt that kills its worker must not do so for ever.
TRIES = 5


def interpret() -> int:
    """Read receipts, the oldest first, until none is due; return how many were taken."""
    taken = 0
    while (receipt := _claim()) is not None:
        taken += 1
        if receipt.tries > TRIES:
            _give_up(receipt, "Whoever read it died.")
            continue
        try:
            _read(receipt)
        except Exception as error:
            logger.exception("crm_notify could not read receipt %s", receipt.pk)
            _failed(receipt, error)
    return taken


def _claim() -> Receipt | None:
    now = timezone.now()
    with transaction.atomic(durable=True):
        receipt = (
            Receipt.objects.select_for_update(skip_locked=True)
            .filter(state=Receipt.State.NEW, due_at__lte=now)
            .order_by("due_at", "pk")
            .first()
        )
        if receipt is None:
            return None
        won = Receipt.objects.filter(pk=receipt.pk, tries=receipt.tries).update(
            due_at=now + LEASE, tries=F("tries") + 1
        )
        receipt.tries += 1
        return receipt if won else None


def _read(receipt: Receipt) -> None:
    """Parse with no transaction open, since a provider's view may ask the provider."""
    parsed = parse(receipt.posted())
    pairs = [event_of(heard, provider=receipt.provider, receipt=receipt) for heard in parsed.heard]
    pairs += [
        event_of_mail(mail, provider=receipt.provider, receipt=receipt) for mail in parsed.mails
    ]
    with transaction.atomic():
        noted = note(pairs)
        _write(
            receipt,
            state=Receipt.State.READ,
            due_at=None,
            error="",
            read_at=timezone.now(),
            new=noted.new,
            repeated=noted.repeated,
            parked=noted.parked,
        )
        if parsed.unreadable:
            # The rest has gone on; a person looks at this.
            reasons = "; ".join(part.error for part in parsed.unreadable)
            _give_up(receipt, reasons, count=len(parsed.unreadable))


def _failed(receipt: Receipt, error: Exception) -> None:
    """Try again later; after the last try it waits for a person."""
    reason = f"{type(error).__name__}: {error}"
    if receipt.tries < TRIES:
        pause = timedelta(minutes=receipt.tries)
        _write(receipt, error=printable(reason, 1000), due_at=timezone.now() + pause)
    else:
        _give_up(receipt, reason)


def _give_up(receipt: Receipt, reason: str, *, count: int = 1) -> None:
    error = printable(reason, 1000)
    _write(receipt, state=Receipt.State.FAILED, due_at=None, error=error)
    note_incident(
        Incident.Kind.UNREADABLE,
        subject=receipt.provider,
        sample=f"receipt {receipt.pk}: {error}",
        count=count,
    )


def _write(receipt: Receipt, **fields: Any) -> None:
    """Write these fields and nothing else: a body may have 25 MiB."""
    Receipt.objects.filter(pk=receipt.pk).update(**fields)


def try_again(receipts: list[int]) -> int:
    """Let these failed receipts be read again; return how many."""
    with transaction.atomic():
        count = Receipt.objects.filter(pk__in=receipts, state=Receipt.State.FAILED).update(
            state=Receipt.State.NEW, tries=0, error="", due_at=timezone.now()
        )
        wake("interpret")
    return count
