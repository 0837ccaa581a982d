"""Receipts: what came in from outside, byte for byte, and what became of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify.desk.came_of import came_of
from crm_notify.desk.desk import Column, Desk, Sections, Shown
from crm_notify.desk.filters import ALL, by_field
from crm_notify.desk.marks import badge, foreign, provider_label, two_lines
from crm_notify.desk.receipt_acts import ATTACH, CHANGE, CLOSE, LET_IN, READ_AGAIN
from crm_notify.desk.sight import may_view
from crm_notify.desk.way import Way
from crm_notify.models import Event, Receipt
from crm_notify.rules.providers import PROVIDERS
from crm_notify.steps.allow import has

State = Receipt.State
#: What each state is called in a list, and how it looks.
LOOKS = {
    State.NEW: (State.NEW.label, "going"),
    State.READ: (State.READ.label, "good"),
    State.FAILED: (State.FAILED.label, "bad"),
    State.QUARANTINED: (gettext_lazy("in quarantine"), "doubt"),
    State.CLOSED: (State.CLOSED.label, "quiet"),
}


def body_of(receipt: Receipt) -> HttpResponse:
    """The bytes as they came, as a file that no browser opens as anything but text."""
    return HttpResponse(
        bytes(receipt.body),
        headers={
            "Content-Type": "text/plain",
            "Content-Disposition": f'attachment; filename="receipt-{receipt.pk}.txt"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def _look(receipt: Receipt, way: Way) -> SafeString:
    return badge(*LOOKS[State(receipt.state)])


def _why(receipt: Receipt, way: Way) -> SafeString:
    return foreign(receipt.error, 1000)


def _became(receipt: Receipt, way: Way) -> SafeString:
    said = receipt.note or receipt.error
    look = _look(receipt, way)
    return two_lines(look, foreign(said, 120)) if said else look


def _source(receipt: Receipt, way: Way) -> SafeString:
    how = f"{receipt.get_via_display()}, {receipt.get_verdict_display()}"
    return two_lines(provider_label(receipt.provider), how)


def _heard(receipt: Receipt, way: Way) -> str:
    counts = (
        (_("%d new"), receipt.new),
        (_("%d repeated"), receipt.repeated),
        (_("%d parked"), receipt.parked),
    )
    return ", ".join(words % count for words, count in counts if count)


def _events_for(user: Any) -> Column:
    return Column(
        name="events_of",
        label=gettext_lazy("events"),
        show=lambda receipt, way: came_of(receipt, way, user),
    )


SOURCE = Column(name="source", label=gettext_lazy("from"), show=_source)
LOOK = Column(name="look", label=gettext_lazy("state"), show=_look)
WHY = Column(name="why", label=gettext_lazy("why"), show=_why)
HEARD = Column(name="heard", label=gettext_lazy("news"), show=_heard)
BECAME = Column(name="became", label=gettext_lazy("state"), show=_became)


def _sections(receipt: Receipt, user: Any) -> Sections:
    """What became of it comes first; the events only for those who may see events."""
    told: dict[Shown, object] = {
        WHY: receipt.error,
        "note": receipt.note,
        "due_at": receipt.due_at,
        "read_at": receipt.read_at,
    }
    became = [LOOK, *(name for name, value in told.items() if value), "verdict", "tries"]
    came: list[Shown] = [HEARD] if receipt.read_at else []
    if may_view(user, Event):
        came.append(_events_for(user))
    return [
        ("", [SOURCE, "received_at", *became]),
        *([(_("What came of it"), came)] if came else []),
        (_("The request"), ["method", "url", "headers", "digest"]),
    ]


#: Each choice has an index, for what is rare among millions.
FILTERS = (
    by_field("state", gettext_lazy("state"), State.choices),
    by_field("verdict", gettext_lazy("signature"), Receipt.Verdict.choices),
    by_field(
        "provider",
        gettext_lazy("provider"),
        [(row.name, row.label) for row in PROVIDERS.values() if row.tracking or row.inbound],
    ),
)


def may_replay(user: Any) -> bool:
    """Who may have a window read again: it holds what is of several tenants, or of none."""
    return has(user, CHANGE, tenant="")


RECEIPTS = Desk(
    model=Receipt,
    slug="receipts",
    columns=("received_at", SOURCE, BECAME, HEARD),
    sections=_sections,
    defer=("body", "headers"),
    order=lambda given: "received_at" if given.get("provider", ALL) != ALL else "pk",
    filters=FILTERS,
    acts=(READ_AGAIN, LET_IN, ATTACH, CLOSE),
    bulk=(READ_AGAIN, LET_IN, CLOSE),
    changes=CHANGE,
    has_notices=True,
)
