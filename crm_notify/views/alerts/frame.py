"""What stands around the warnings on a page: the context of the region's template."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from crm_notify.conf import get_settings
from crm_notify.views.alerts import listening
from crm_notify.views.alerts.region import region_of
from crm_notify.views.alerts.standing import standing
from crm_notify.views.alerts.values import Problem

#: Asks the JSON for all warnings instead of the first few.
UNFOLDED = "unfolded"
#: Names an incident whose warnings are shown one by one.
APART = "incident"
#: In a page's context: the page shows the warnings itself.
PAGE_MARK = "crm_notify_page"


def frame(
    request: HttpRequest, *, unfolded: bool, here: str, problem: Problem | None = None
) -> dict[str, Any]:
    """Return the region of whoever is logged in, and how a script keeps it up to date.

    ``here`` is where a form leads back to.
    """
    url = reverse("crm_notify:alerts-json")
    apart = apart_of(request) if unfolded else None
    query = {UNFOLDED: 1} if apart is None else {UNFOLDED: 1, APART: apart}
    stands = standing(request.user, apart=apart)
    return {
        "region": region_of(request.user, stands, unfolded=unfolded, problem=problem),
        "here": here,
        "url": f"{url}?{urlencode(query)}" if unfolded else url,
        **live(),
    }


def live() -> dict[str, Any]:
    """Where a script hears that there is news (empty: nowhere), and how often it asks, in ms."""
    return {
        "stream": reverse("crm_notify:alerts-stream") if listening.is_possible() else "",
        "interval": int(get_settings().POLL_INTERVAL.total_seconds() * 1000),
    }


def apart_of(request: HttpRequest) -> int | None:
    """The incident that the address names; None where it names none."""
    given = request.GET.get(APART, "")
    # No database holds a longer number.
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
