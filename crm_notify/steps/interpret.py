"""Read receipts in a worker: each becomes events, or stays with the reason why not."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Exists, F
from django.utils import timezone

from crm_notify import database
from crm_notify.channels.webhooks import tell_others
from crm_notify.models import Installation, Receipt
from crm_notify.rules.text import printable, said
from crm_notify.scope import over_all_tenants
from crm_notify.steps.attend import attend
from crm_notify.steps.read import give_up, read, write

logger = logging.getLogger(__name__)

#: How long one receipt may be read before another worker takes it.
LEASE = timedelta(minutes=5)
#: How often reading is tried; a receipt that kills its worker must not do so for ever.
TRIES = 5


def interpret() -> int:
    """Read receipts, the oldest first, until none is due; return how many were taken.

    None is taken while the intake is not open.
    """
    taken = 0
    while _interpret_one():
        taken += 1
    return taken


@over_all_tenants
def _interpret_one() -> bool:
    """Read the next receipt; returns whether there was one."""
    receipt = _claim()
    if receipt is None:
        return False
    if receipt.tries > TRIES:
        give_up(receipt, "Whoever read it died.")
        return True
    try:
        if receipt.read_at is None:
            attend(receipt)
        noted = read(receipt)
    except Exception as error:
        logger.exception("crm_notify could not read receipt %s", receipt.pk)
        _failed(receipt, error)
    else:
        if noted.new and receipt.verdict != Receipt.Verdict.IMPORTED:
            _tell_others(receipt)
    return True


def _claim() -> Receipt | None:
    now = timezone.now()
    shut = Installation.objects.exclude(intake=Installation.Intake.OPEN)
    with database.atomic(durable=True):
        receipt = (
            Receipt.objects.select_for_update(skip_locked=True)
            .filter(~Exists(shut), state=Receipt.State.NEW, due_at__lte=now)
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


def _tell_others(receipt: Receipt) -> None:
    """A host's own listeners hear it once; what ails them is not our news' trouble."""
    try:
        tell_others(receipt.posted())
    except Exception:
        logger.exception("crm_notify could not pass on receipt %s", receipt.pk)


def _failed(receipt: Receipt, error: Exception) -> None:
    """Try again later; after the last try it waits for a person."""
    reason = said(error)
    if receipt.tries < TRIES:
        pause = timedelta(minutes=receipt.tries)
        write(receipt, error=printable(reason, 1000), due_at=timezone.now() + pause)
    else:
        give_up(receipt, reason)
