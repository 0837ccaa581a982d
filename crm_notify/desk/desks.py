"""All desks, in the order in which a menu names them."""

from __future__ import annotations

from crm_notify.desk.activities import ACTIVITIES
from crm_notify.desk.alerts import ALERTS
from crm_notify.desk.corrections import CORRECTIONS
from crm_notify.desk.desk import Desk
from crm_notify.desk.events import EVENTS
from crm_notify.desk.incidents import INCIDENTS
from crm_notify.desk.installations import INSTALLATIONS
from crm_notify.desk.notifications import NOTIFICATIONS
from crm_notify.desk.receipts import RECEIPTS
from crm_notify.desk.subscriptions import SUBSCRIPTIONS
from crm_notify.desk.suppressions import SUPPRESSIONS

DESKS: tuple[Desk, ...] = (
    NOTIFICATIONS,
    ALERTS,
    INCIDENTS,
    CORRECTIONS,
    SUPPRESSIONS,
    RECEIPTS,
    EVENTS,
    INSTALLATIONS,
    ACTIVITIES,
    SUBSCRIPTIONS,
)
BY_MODEL = {desk.model: desk for desk in DESKS}
