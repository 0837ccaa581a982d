"""Notifications: failed and unclear first, and on each page the whole story."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify.desk.desk import Column, Desk
from crm_notify.desk.filters import (
    BLAMES,
    CHANNELS,
    DISPATCHES,
    OUTCOMES,
    PROVIDED,
    Given,
    preset_outcome,
)
from crm_notify.desk.marks import diagnosis, foreign, outcome_badge, two_lines
from crm_notify.desk.notification_acts import (
    CHANGE,
    CLOSE,
    CORRECT,
    RESEND,
    RESEND_ELSEWHERE,
    STATE_TOLD,
)
from crm_notify.desk.notification_list import explain
from crm_notify.desk.search import about_notifications
from crm_notify.desk.way import Way
from crm_notify.models import Attempt, Notification
from crm_notify.rules.outcome import Outcome


def _under_way(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Whether something of its chain is on its way."""
    head = Coalesce(OuterRef("chain_id"), OuterRef("pk"))
    chain = Notification.objects.filter(Q(pk=head) | Q(chain=head))
    known: QuerySet[Any] = rows.annotate(under_way=Exists(chain.filter(outcome=Outcome.IN_FLIGHT)))
    return known


def _order(given: Given) -> str:
    """Each order is that of the index by which the rows are found."""
    picked = given.get("outcome") or preset_outcome(given)
    return "changed_at" if picked == "failing" else "pk"


def _who(notification: Notification, way: Way) -> SafeString:
    address = foreign(notification.address or _("no address"), 80)
    return two_lines(foreign(notification.recipient_name, 80), address)


def _what(notification: Notification, way: Way) -> SafeString:
    activity = notification.activity
    done = f"{activity.actor_name} {activity.verb}".strip()
    return two_lines(foreign(activity.target_label, 80), foreign(done, 80))


def _became(notification: Notification, way: Way) -> SafeString:
    said = [_("for %s") % timesince(notification.changed_at, depth=1)]
    if notification.outcome == Outcome.IN_FLIGHT:
        said.insert(0, notification.get_dispatch_display())
    elif getattr(notification, "under_way", False):
        said.append(_("sent again"))
    if whom := getattr(notification, "whom", []):
        said.append(_("in front of %s") % ", ".join(whom))
    return two_lines(outcome_badge(notification), ", ".join(said))


def _why(notification: Notification, way: Way) -> SafeString | str:
    blame = notification.get_blame_display() if notification.blame else ""
    found = getattr(notification, "explanation", None)
    if found is None:
        return blame
    said = found.detail if isinstance(found, Attempt) else found.text
    words = diagnosis(found.code, said)
    return two_lines(blame, words) if blame else words


NOTIFICATIONS = Desk(
    model=Notification,
    slug="notifications",
    title=gettext_lazy("Who was told, and who was not"),
    heading=gettext_lazy("The story of a notification"),
    columns=(
        Column(name="who", label=gettext_lazy("who"), show=_who),
        Column(name="what", label=gettext_lazy("what"), show=_what),
        Column(name="became", label=gettext_lazy("outcome"), show=_became),
        Column(name="why", label=gettext_lazy("why"), show=_why),
    ),
    sections=lambda row, user: [],
    join=("activity",),
    defer_in_list=("activity__text",),
    annotate=_under_way,
    explain=explain,
    order=_order,
    filters=(OUTCOMES, BLAMES, PROVIDED, DISPATCHES, CHANNELS),
    find=lambda rows, term: rows.filter(about_notifications(term)),
    find_help=gettext_lazy(
        "A recipient's name, the beginning of an address, a token or the whole address of a "
        "bounce, a provider's message id, or a number."
    ),
    acts=(CORRECT, RESEND, RESEND_ELSEWHERE, STATE_TOLD, CLOSE),
    bulk=(RESEND, CLOSE),
    changes=CHANGE,
    has_notices=True,
)
