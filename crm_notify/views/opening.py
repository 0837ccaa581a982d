"""The link in a mail: whoever is meant opens it and is known to know; then the record is shown."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from crm_notify import api
from crm_notify.conf import get_settings
from crm_notify.models import Activity, Notification
from crm_notify.rules import token
from crm_notify.rules.text import printable
from crm_notify.rules.token import Purpose
from crm_notify.senders import best_for
from crm_notify.views.alerts import wording
from crm_notify.views.alerts.answers import private
from crm_notify.views.asking import asker
from crm_notify.views.prefetch import is_looked_at, is_prefetch


@login_not_required
@require_safe
def open_link(request: HttpRequest, name: str) -> HttpResponse:
    """Send whoever is logged in on to the record; without one, show the recipient the text.

    Only the recipient's own opening counts, and no prefetch: link scanners are not logged in. A
    prefetch is refused, so that the browser asks again when he really goes there. It redirects to
    this site and to BASE_URL only.
    """
    notification = _named(name)
    if is_prefetch(request):
        return private(HttpResponse(status=403))
    user, there = asker(request), _destination(request, notification.activity)
    if user is None:
        # A front end that knows its users by a token cannot show it here: it asks who he is itself.
        by_token = there and get_settings().AUTHENTICATE
        return private(redirect(there) if by_token else redirect_to_login(request.get_full_path()))
    if is_looked_at(request):
        api.open_notification(notification, user=user)
    if there:
        return private(redirect(there))
    if notification.recipient_id != user.pk:
        raise Http404("It was meant for somebody else.")
    return private(render(request, "crm_notify/missed/opened.html", _context(notification)))


def _named(name: str) -> Notification:
    conf = get_settings()
    read = token.read(name, keys=conf.RETURN_PATH_KEYS, installation=conf.INSTALLATION)
    if read is None or read.purpose is not Purpose.OPEN or read.id >= 2**63:
        raise Http404("This link is not one of ours.")
    found = Notification.objects.select_related("activity").filter(pk=read.id).first()
    if found is None:
        raise Http404("What this link led to is gone.")
    return found


def _destination(request: HttpRequest, activity: Activity) -> str:
    """The record's address where it is of this site or of BASE_URL, else an empty text."""
    url = wording.link(activity.url)
    if not url:
        return ""
    # A path without its first stroke would be read as one below the link itself.
    there = url if urlsplit(url).scheme else urljoin("/", url)
    base = best_for(activity.tenant).BASE_URL
    hosts = {request.get_host(), urlsplit(base).netloc} - {""}
    allowed = url_has_allowed_host_and_scheme(
        there, allowed_hosts=hosts, require_https=request.is_secure()
    )
    return there if allowed else ""


def _context(notification: Notification) -> dict[str, object]:
    activity = notification.activity
    return {
        "what": wording.what(activity, viewer=notification.recipient),
        "target": printable(activity.target_label, 255),
        "url": wording.link(activity.url),
        "text": activity.text,
        "at": activity.recorded_at,
        "when": wording.moment(activity.recorded_at),
    }
