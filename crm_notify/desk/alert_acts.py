"""What can be done about a warning: say that it was seen, put it off, let another deal with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_notify import api
from crm_notify.desk.acts import Act
from crm_notify.desk.finding import colleague
from crm_notify.desk.marks import Text, short
from crm_notify.desk.putting_off import moment_of, ways
from crm_notify.models import Alert
from crm_notify.rules.text import printable
from crm_notify.steps.allow import has, is_somebody, sees
from crm_notify.steps.person import person

CHANGE = "change_notification"


def may_answer(user: Any, alert: Alert) -> bool:
    """Whoever is warned, and those who may change notifications."""
    return (is_somebody(user) and alert.person_id == user.pk) or has(user, CHANGE)


def _acknowledge(alert: Alert, user: Any, text: str) -> str:
    api.acknowledge(alert, by=user)
    return _("Acknowledged.")


def _snooze(alert: Alert, user: Any, name: str) -> str:
    until = moment_of(name)
    api.snooze(alert, by=user, until=until)
    return _("Put off until %s.") % short(until)


def _offered() -> Sequence[tuple[str, Text]]:
    return [(way.name, way.words) for way in ways()]


def _hand_over(alert: Alert, user: Any, name: str) -> str:
    to = colleague(name, may=lambda one: sees(one, alert.tenant))
    api.hand_over(alert, by=user, to=to)
    return _("Handed over to %s.") % printable(person(to)[0], 200)


ACKNOWLEDGE = Act(
    name="acknowledge",
    label=gettext_lazy("Acknowledge"),
    hint=gettext_lazy("The clock stops; the warning stays until the recipient was told."),
    run=_acknowledge,
    allowed=may_answer,
    possible=lambda alert: alert.closed_at is None and alert.acknowledged_at is None,
)
SNOOZE = Act(
    name="snooze",
    label=gettext_lazy("Put off"),
    hint=gettext_lazy("Then everybody who was warned is asked anew."),
    ask=gettext_lazy("Until when"),
    pick=_offered,
    run=_snooze,
    allowed=may_answer,
    possible=lambda alert: alert.closed_at is None,
)
HAND_OVER = Act(
    name="hand_over",
    label=gettext_lazy("Hand over"),
    hint=gettext_lazy("His username, address or full name. The clock begins anew for him."),
    ask=gettext_lazy("To whom"),
    run=_hand_over,
    allowed=may_answer,
    possible=lambda alert: alert.closed_at is None,
)
