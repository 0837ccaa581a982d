"""Models remember: what a user did, who is to be told, what came of it, and who must act."""

from crm_notify.models.activity import Activity, Subscription
from crm_notify.models.alert import Alert
from crm_notify.models.event import Event
from crm_notify.models.incident import Incident
from crm_notify.models.installation import Installation
from crm_notify.models.notification import Attempt, Notification
from crm_notify.models.receipt import Receipt

__all__ = [
    "Activity",
    "Alert",
    "Attempt",
    "Event",
    "Incident",
    "Installation",
    "Notification",
    "Receipt",
    "Subscription",
]
