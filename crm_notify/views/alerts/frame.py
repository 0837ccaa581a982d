"""What stands around the warnings on a page: the context of the region's template."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from crm_notify.conf import get_settings
from crm_notify.views.alerts import listening
from crm_notify.views.alerts.region import region_of
from crm_notify.views.alerts.standing import standing
from crm_notify.views.alerts.values import Problem

#: Asks the JSON for all warnings instead of the first few.
UNFOLDED = "unfolded"
#: In a page's context: the page shows the warnings itself.
PAGE_MARK = "crm_notify_page"


def frame(
    request: HttpRequest, *, unfolded: bool, here: str, problem: Problem | None = None
) -> dict[str, Any]:
    """Return the region of whoever is logged in, and how a script keeps it up to date.

    ``here`` is where a form leads back to.
    """
    url = reverse("crm_notify:alerts-json")
    return {
        "region": region_of(
            request.user, standing(request.user), unfolded=unfolded, problem=problem
        ),
        "here": here,
        "url": f"{url}?{UNFOLDED}=1" if unfolded else url,
        **live(),
    }


def live() -> dict[str, Any]:
    """Where a script hears that there is news (empty: nowhere), and how often it asks, in ms."""
    return {
        "stream": reverse("crm_notify:alerts-stream") if listening.is_possible() else "",
        "interval": int(get_settings().POLL_INTERVAL.total_seconds() * 1000),
    }
