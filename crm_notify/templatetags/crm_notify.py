"""``{% load crm_notify %}``: what whoever is logged in must know, and that he has seen a record."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django import template
from django.db import DatabaseError
from django.db.models import Model
from django.http import HttpRequest
from django.template.context import Context

from crm_notify import api, database
from crm_notify.models import Activity
from crm_notify.views.alerts.frame import PAGE_MARK, frame
from crm_notify.views.knowing import knowers
from crm_notify.views.missed import missed_of
from crm_notify.views.prefetch import is_looked_at

logger = logging.getLogger(__name__)
register = template.Library()


@register.inclusion_tag("crm_notify/alerts/region.html", takes_context=True)
def crm_notify_alerts(context: Context) -> dict[str, Any]:
    """Show what stands open, live where scripts run; nothing to whoever is not logged in.

    The number of queries does not depend on the number of warnings. On the warnings' own page it
    shows nothing, since they stand there already.
    """
    request = _of_somebody(context)
    if request is None or PAGE_MARK in context:
        return {}
    # A page that answers a POST cannot be gone back to.
    here = request.get_full_path() if request.method == "GET" else ""
    region = _bearable(lambda: frame(request, unfolded=False, here=here))
    return region and {
        **region,
        # A host's policy may demand a nonce: Django's own and django-csp's have the same name.
        "csp_nonce": context.get("csp_nonce") or getattr(request, "csp_nonce", ""),
    }


@register.inclusion_tag("crm_notify/missed/region.html", takes_context=True)
def crm_notify_missed(context: Context) -> dict[str, Any]:
    """Show what was meant for whoever is logged in and did not reach him; one query."""
    request = _of_somebody(context)
    return {} if request is None else _bearable(lambda: {"missed": missed_of(request.user)})


@register.simple_tag(takes_context=True)
def crm_notify_seen(context: Context, record: Model) -> str:
    """On a record's page: whoever is logged in and opened it has seen what is in it."""
    request = _of_somebody(context)
    if request is not None and is_looked_at(request):
        api.mark_seen(record, user=request.user)
    return ""


@register.inclusion_tag("crm_notify/knowing.html")
def crm_notify_told(activity: Activity | None) -> dict[str, Any]:
    """Show who knows of an activity and who does not, why, and since when.

    It names addresses: put it where whoever looks may read them. No query for an activity out of
    ``api.history``, two for any other.
    """
    return {"knowers": knowers(activity) if activity is not None else []}


def _of_somebody(context: Context) -> HttpRequest | None:
    """The request of somebody who is logged in; None without one."""
    request = getattr(context, "request", None)
    user = getattr(request, "user", None)
    return request if user is not None and user.is_authenticated else None


def _bearable(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is read of our tables; nothing where they do not answer: a host's page still stands.

    Within a transaction of the host's the error goes on: nothing more can be asked there anyway.
    """
    try:
        return read()
    except DatabaseError:
        if database.connection().in_atomic_block:
            raise
        logger.exception("crm_notify: the page is shown without its warnings")
        return {}
