"""What the frame of every page shows: how many warnings stand open for this user."""

from __future__ import annotations

from django.http import HttpRequest

from crm_notify import api


def warnings(request: HttpRequest) -> dict[str, int]:
    """Add `open_warnings` for whoever is logged in."""
    if not request.user.is_authenticated:
        return {}
    return {"open_warnings": api.count_alerts(request.user)}
