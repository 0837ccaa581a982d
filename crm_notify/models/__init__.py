"""Models remember: what a user did, who is to be told, what came of it, and who must act."""

from crm_notify.models.activity import Activity, Subscription
from crm_notify.models.alert import Alert
from crm_notify.models.event import Event
from crm_notify.models.incident import Incident
from crm_notify.models.installation import Installation
from crm_notify.models.notification import Attempt, Notification
from crm_notify.models.reach import Preference, Reach
from crm_notify.models.receipt import Receipt
from crm_notify.models.sink import SinkCall
from crm_notify.models.suppression import Correction, Suppression

__all__ = [
    "Activity",
    "Alert",
    "Attempt",
    "Correction",
    "Event",
    "Incident",
    "Installation",
    "Notification",
    "Preference",
    "Reach",
    "Receipt",
    "SinkCall",
    "Subscription",
    "Suppression",
]
