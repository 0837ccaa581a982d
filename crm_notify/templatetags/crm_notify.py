"""``{% load crm_notify %}{% crm_notify_alerts %}``: the warnings of whoever is logged in."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from crm_notify.views.alerts.frame import PAGE_MARK, frame

register = template.Library()


@register.inclusion_tag("crm_notify/alerts/region.html", takes_context=True)
def crm_notify_alerts(context: Context) -> dict[str, Any]:
    """Show what stands open, live where scripts run; nothing to whoever is not logged in.

    The number of queries does not depend on the number of warnings. On the warnings' own page it
    shows nothing, since they stand there already.
    """
    request = getattr(context, "request", None)
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated or PAGE_MARK in context:
        return {}
    # A page that answers a POST cannot be gone back to.
    here = request.get_full_path() if request.method == "GET" else ""
    return {
        **frame(request, unfolded=False, here=here),
        # A host's policy may demand a nonce: Django's own and django-csp's have the same name.
        "csp_nonce": context.get("csp_nonce") or getattr(request, "csp_nonce", ""),
    }
