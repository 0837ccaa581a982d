"""Subscriptions: what each user has said that he wants to hear of; only he changes it."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify.desk.desk import Column, Desk
from crm_notify.desk.marks import badge, foreign
from crm_notify.desk.search import users_named
from crm_notify.desk.way import Way
from crm_notify.models import Subscription
from crm_notify.steps.person import person


def _whose(wish: Subscription, way: Way) -> SafeString:
    return foreign(person(wish.user)[0], 80)


def _record(wish: Subscription, way: Way) -> str:
    return f"{wish.target_type.name} {wish.target_id}" if wish.target_type else ""


def _wish(wish: Subscription, way: Way) -> SafeString:
    return badge(_("wants it"), "good") if wish.wanted else badge(_("wants none"), "quiet")


FACTS = (
    Column(name="whose", label=gettext_lazy("user"), show=_whose),
    "scope",
    Column(name="record", label=gettext_lazy("record"), show=_record),
    Column(name="wish", label=gettext_lazy("wish"), show=_wish),
    "changed_at",
)

SUBSCRIPTIONS = Desk(
    model=Subscription,
    slug="subscriptions",
    columns=FACTS,
    sections=lambda row, user: [("", FACTS)],
    join=("user", "target_type"),
    find=lambda rows, term: rows.filter(user__in=users_named(term)),
    find_help=gettext_lazy("A user's name or address."),
)
