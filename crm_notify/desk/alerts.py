"""Alerts: in front of whom a failure stands, the open ones first."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify.desk.alert_acts import ACKNOWLEDGE, CHANGE, HAND_OVER, SNOOZE
from crm_notify.desk.desk import Column, Desk
from crm_notify.desk.filters import EVERYTHING, Filter, of_state
from crm_notify.desk.marks import badge, foreign, link, outcome_badge, short, two_lines
from crm_notify.desk.way import Way
from crm_notify.models import Alert
from crm_notify.steps.person import person


def _narrow_state(rows: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
    return rows.filter(closed_at__isnull=value == "open")


def _narrow_person(rows: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
    return rows.filter(person=user.pk if value == "mine" else None)


def _about(alert: Alert, way: Way) -> SafeString:
    notification = alert.notification
    return two_lines(
        foreign(notification.recipient_name or notification.address, 80),
        foreign(str(notification.activity), 120),
    )


def _story(alert: Alert, way: Way) -> SafeString:
    notification = alert.notification
    name = notification.recipient_name or notification.address
    return two_lines(link(notification, foreign(name, 80), way), outcome_badge(notification))


def _whom(alert: Alert, way: Way) -> str:
    return person(alert.person)[0] if alert.person is not None else _("the admins")


def _state(alert: Alert, way: Way) -> SafeString:
    if alert.closed_at is not None:
        return badge(alert.get_closed_display(), "quiet")
    if alert.snoozed_until is not None:
        return badge(_("put off until %s") % short(alert.snoozed_until), "doubt")
    if alert.acknowledged_at is not None:
        return badge(_("seen"), "doubt")
    return badge(_("open"), "bad")


WHOM = Column(name="whom", label=gettext_lazy("stands in front of"), show=_whom)
STATE = Column(name="state", label=gettext_lazy("state"), show=_state)
FACTS = (
    Column(name="story", label=gettext_lazy("the story"), show=_story),
    WHOM,
    STATE,
    "opened_at",
    "due_at",
    "acknowledged_at",
    "closed_at",
)

ALERTS = Desk(
    model=Alert,
    slug="alerts",
    columns=(
        Column(name="about", label=gettext_lazy("about"), show=_about),
        WHOM,
        STATE,
        "opened_at",
        "due_at",
    ),
    sections=lambda row, user: [("", FACTS)],
    join=("person", "notification__activity"),
    defer=("notification__activity__text",),
    order=lambda given: "opened_at" if given.get("state", "open") == "open" else "pk",
    filters=(
        of_state((("open", gettext_lazy("open")), ("past", gettext_lazy("past"))), _narrow_state),
        Filter(
            name="person",
            title=gettext_lazy("person"),
            words=lambda: (
                *EVERYTHING,
                ("admins", gettext_lazy("the admins")),
                ("mine", gettext_lazy("me")),
            ),
            narrow=_narrow_person,
        ),
    ),
    acts=(ACKNOWLEDGE, SNOOZE, HAND_OVER),
    bulk=(ACKNOWLEDGE,),
    changes=CHANGE,
)
