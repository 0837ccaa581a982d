"""Read again what came in within a window: any number of times, each news once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from crm_notify.models import Event, Receipt
from crm_notify.rules.text import printable, said
from crm_notify.scope import over_all_tenants, scope
from crm_notify.steps.match import match
from crm_notify.steps.note import Noted
from crm_notify.steps.read import Understood, read, understand

logger = logging.getLogger(__name__)

#: What may be read again; what was closed by a person stays closed, quarantine has its own way out.
STATES = (Receipt.State.NEW, Receipt.State.READ, Receipt.State.FAILED)


@dataclass(frozen=True, kw_only=True)
class Window:
    """Which receipts: those that came from ``since`` until before ``until``, and so on."""

    since: datetime | None = None
    until: datetime | None = None
    provider: str = ""
    state: Receipt.State | None = None

    def receipts(self) -> QuerySet[Receipt]:
        """In the order in which they came."""
        chosen = Receipt.objects.filter(state__in=[self.state] if self.state else STATES)
        if self.since is not None:
            chosen = chosen.filter(received_at__gte=self.since)
        if self.until is not None:
            chosen = chosen.filter(received_at__lt=self.until)
        if self.provider:
            chosen = chosen.filter(provider=self.provider)
        return chosen.order_by("received_at", "pk")


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What one receipt gave: how much was new, repeated, parked; ``error`` where it was unread."""

    receipt: int
    noted: Noted
    error: str = ""


def replay(window: Window) -> Iterator[Replayed]:
    """Read each receipt of the window again, in order, one at a time.

    What waits to be read for the first time is left to the interpreter. An event that is known,
    changes nothing: no event, alert or mail comes twice.
    """
    waiting = Receipt.State.NEW
    for receipt in _each(window.receipts().exclude(state=waiting)):
        yield _replay_one(receipt)


def rehearse(window: Window) -> Iterator[Replayed]:
    """Say what reading the window, first time or again, would give; nothing is written."""
    seen: set[str] = set()
    for receipt in _each(window.receipts()):
        yield _rehearse_one(receipt, seen)


@over_all_tenants
def _replay_one(receipt: Receipt) -> Replayed:
    try:
        return Replayed(receipt=receipt.pk, noted=read(receipt), error=_left(receipt))
    except Exception as error:
        logger.exception("crm_notify could not read receipt %s again", receipt.pk)
        return Replayed(receipt=receipt.pk, noted=Noted(), error=_named(error))


@over_all_tenants
def _rehearse_one(receipt: Receipt, seen: set[str]) -> Replayed:
    try:
        understood = understand(receipt)
    except Exception as error:  # noqa: BLE001 - whatever it is, the real run says it too
        return Replayed(receipt=receipt.pk, noted=Noted(), error=_named(error))
    noted = _foreseen(understood, seen)
    return Replayed(receipt=receipt.pk, noted=noted, error=understood.reasons)


def _foreseen(understood: Understood, seen: set[str]) -> Noted:
    """What ``note`` would answer, after all that was seen before."""
    fresh = {
        event.fingerprint: clues
        for event, clues in understood.pairs
        if event.fingerprint not in seen
    }
    known = Event.objects.filter(fingerprint__in=list(fresh))
    for fingerprint in known.values_list("fingerprint", flat=True):
        del fresh[fingerprint]
    seen.update(fresh)
    return Noted(
        new=len(fresh),
        repeated=len(understood.pairs) - len(fresh),
        parked=match(list(fresh.values())).count(None),
    )


def _each(receipts: QuerySet[Receipt]) -> Iterator[Receipt]:
    """One body at a time: a window may hold more than the memory."""
    # Nothing is entered while a generator waits: its caller would be in there too.
    with scope(None):
        found = list(receipts.values_list("pk", flat=True))
    for pk in found:
        with scope(None):
            receipt = Receipt.objects.filter(pk=pk).first()
        if receipt is not None:
            yield receipt


def _left(receipt: Receipt) -> str:
    """What could not be read this time either."""
    receipt.refresh_from_db(fields=["state", "error"])
    return receipt.error if receipt.state == Receipt.State.FAILED else ""


def _named(error: Exception) -> str:
    return printable(said(error), 1000)
