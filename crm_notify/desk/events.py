"""Events: every piece of evidence as it was understood, and what is parked."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from crm_notify.desk.came_of import belongs_to
from crm_notify.desk.candidates import proposed
from crm_notify.desk.desk import Column, Desk, Sections, Shown
from crm_notify.desk.event_acts import ATTACH, CHANGE, CLOSE, TRY_NOW, is_parked
from crm_notify.desk.filters import EVERYTHING, Filter
from crm_notify.desk.marks import badge, diagnosis, foreign, link, provider_label, short, two_lines
from crm_notify.desk.search import about_events
from crm_notify.desk.sight import may_view
from crm_notify.desk.way import Way
from crm_notify.models import Event, Notification
from crm_notify.rules.evidence import Evidence
from crm_notify.steps.allow import sees


def _narrow_parked(rows: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
    """Each kind of parked ones has an index."""
    parked = rows.filter(notification=None)
    if value == "closed":
        return parked.exclude(note="")
    return parked.filter(note="", due_at__isnull=value == "given_up")


def _sort(event: Event, way: Way) -> SafeString:
    tone = "bad" if Evidence(event.evidence).is_failure else "quiet"
    return badge(event.get_kind_display(), tone)


def _heard(event: Event, way: Way) -> SafeString:
    return two_lines(_sort(event, way), short(event.recorded_at))


def _by_hand(event: Event, way: Way) -> SafeString:
    return foreign(event.note, 1000)


def _proposed_to(user: Any) -> Column:
    def show(event: Event, way: Way) -> SafeString | str:
        return proposed(event, way, user) or gettext("nothing that we sent")

    return Column(name="proposed", label=gettext_lazy("may be about"), show=show)


def _source(event: Event, way: Way) -> SafeString:
    if not event.provider:
        return foreign(event.author_name, 80)
    matched = event.get_matched_display()
    by = gettext("matched by %s") % matched if matched else ""
    return two_lines(foreign(provider_label(event.provider), 80), by)


def _said(event: Event, way: Way) -> SafeString:
    return diagnosis(event.code, event.text)


def _raw_receipt(event: Event, way: Way) -> SafeString | str:
    if event.receipt is None:
        return ""
    return link(event.receipt, f"#{event.receipt_id}", way)


SORT = Column(name="sort", label=gettext_lazy("event"), show=_sort)
ABOUT = Column(name="about", label=gettext_lazy("notification"), show=belongs_to)
BY_HAND = Column(name="by_hand", label=gettext_lazy("what an admin said"), show=_by_hand)
SOURCE = Column(name="source", label=gettext_lazy("from"), show=_source)
RECEIPT = Column(name="raw_receipt", label=gettext_lazy("raw receipt"), show=_raw_receipt)
OWN: tuple[Shown, ...] = (
    "evidence",
    "blame",
    SOURCE,
    "raw_kind",
    "code",
    "text",
    "recipient",
    "message_id",
    "token",
    "occurred_at",
    "recorded_at",
    RECEIPT,
)


def _sections(event: Event, user: Any) -> Sections:
    """What it is about, or may be about, comes first."""
    found: list[Shown] = [SORT, ABOUT]
    if event.note:
        found.append(BY_HAND)
    if is_parked(event):
        found.append("due_at")
        if may_view(user, Notification):
            found.append(_proposed_to(user))
    # A request that reports on several tenants' mail is for those who see them all.
    hidden = event.receipt is not None and not sees(user, event.receipt.tenant)
    return [("", [*found, *(one for one in OWN if not (hidden and one is RECEIPT))])]


PARKED = Filter(
    name="parked",
    title=gettext_lazy("parked"),
    words=lambda: (
        *EVERYTHING,
        ("waiting", gettext_lazy("tried again from time to time")),
        ("given_up", gettext_lazy("given up: belongs to nothing that we sent")),
        ("closed", gettext_lazy("closed by a person")),
    ),
    narrow=_narrow_parked,
)

EVENTS = Desk(
    model=Event,
    slug="events",
    columns=(
        Column(name="heard", label=gettext_lazy("event"), show=_heard),
        ABOUT,
        SOURCE,
        Column(name="said", label=gettext_lazy("what it says"), show=_said),
    ),
    sections=_sections,
    join=("notification",),
    filters=(PARKED,),
    find=lambda rows, term: rows.filter(about_events(term)),
    find_help=gettext_lazy(
        "A token or the whole address of a bounce, a provider's message id, or a number."
    ),
    acts=(TRY_NOW, ATTACH, CLOSE),
    bulk=(TRY_NOW, CLOSE),
    changes=CHANGE,
    has_notices=True,
)
