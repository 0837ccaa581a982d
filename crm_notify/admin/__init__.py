"""The admin: what stands in front of a person first, and the whole story of each notification.

Django's autodiscovery imports this where ``django.contrib.admin`` is installed; nothing else does.
"""

from __future__ import annotations

from crm_notify.admin import (  # noqa: F401  (importing them registers them)
    activities,
    alerts,
    corrections,
    events,
    incidents,
    installations,
    notifications,
    receipts,
    subscriptions,
    suppressions,
)
