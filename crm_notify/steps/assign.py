"""Give a receipt its tenant where its news got theirs late."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Max, Min, OuterRef, Subquery

from crm_notify.models import Event, Receipt


def assign(events: Iterable[Event]) -> None:
    """Let the receipts of these events be of the tenant that all their events are of.

    One query, whatever their number. What a receipt says again, or what nobody could read of it,
    may be another's: then it stays as it is.
    """
    receipts = {event.receipt_id for event in events if event.receipt_id is not None}
    if not receipts:
        return
    heard = Event.objects.filter(receipt=OuterRef("pk")).order_by().values("receipt")
    first = Subquery(heard.annotate(one=Min("tenant")).values("one")[:1])
    last = Subquery(heard.annotate(one=Max("tenant")).values("one")[:1])
    read = Receipt.objects.filter(pk__in=receipts, state=Receipt.State.READ, repeated=0)
    read.annotate(first=first, last=last).filter(first=F("last")).update(tenant=first)
