"""Activities: what users did, and who was to be told of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm_notify.desk.desk import Column, Desk, Sections
from crm_notify.desk.marks import foreign, link, outcome_badge
from crm_notify.desk.search import by_key, users_named
from crm_notify.desk.way import Way
from crm_notify.models import Activity

#: How many recipients one page names; thousands may have been told.
MOST = 200


def _act(activity: Activity, way: Way) -> SafeString:
    return foreign(f"{activity.actor_name} {activity.verb}".strip(), 120)


def _record(activity: Activity, way: Way) -> SafeString:
    kind = activity.target_type.name if activity.target_type else ""
    return foreign(f"{activity.target_label} ({kind} {activity.target_id})", 120)


def _told(activity: Activity, way: Way) -> SafeString:
    rows = activity.notifications.order_by("pk")[:MOST]
    return format_html_join(
        "",
        '<p class="crm-notify-linked">{} {}</p>',
        (
            (
                link(row, foreign(row.recipient_name or row.address, 80), way),
                outcome_badge(row),
            )
            for row in rows
        ),
    )


def _find(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    return rows.filter(by_key(term) | Q(actor__in=users_named(term)))


ACT = Column(name="act", label=_("what was done"), show=_act)
RECORD = Column(name="record", label=_("record"), show=_record)
TOLD = Column(name="told", label=_("who was to be told"), show=_told)


def _sections(activity: Activity, user: Any) -> Sections:
    done = ("actor_name", "actor_address", "verb", RECORD, "text", "url")
    return [("", (*done, "urgency", "key", "tenant", "recorded_at", TOLD))]


ACTIVITIES = Desk(
    model=Activity,
    slug="activities",
    columns=(ACT, RECORD, "urgency", "recorded_at"),
    sections=_sections,
    join=("target_type",),
    defer=("text",),
    find=_find,
    find_help=_("The acting user's name or address, or a number."),
)
