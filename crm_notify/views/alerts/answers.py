"""What the pages and the JSON of the warnings have in common: who may ask, and how one answers."""

from __future__ import annotations

import functools
from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from crm_notify.steps.notice import notice
from crm_notify.views.alerts.values import Folded, Region, Warned
from crm_notify.views.asking import View, asked


def for_people(view: View) -> View:
    """Let nobody in who is not logged in; whoever logs in comes to the page of the warnings.

    Not back to where he was going: a form cannot be sent again by a redirect.
    """
    return _guarded(view, only_scripts=False)


def for_scripts(view: View) -> View:
    """Answer 401 to whoever is not logged in, whatever he accepts."""
    return _guarded(view, only_scripts=True)


def _guarded(view: View, *, only_scripts: bool) -> View:
    @functools.wraps(view)
    def noticed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        notice(request.user)
        return view(request, *args, **kwargs)

    def otherwise(request: HttpRequest) -> HttpResponseBase:
        if only_scripts or wants_json(request):
            return private(JsonResponse({"error": gettext("Log in first.")}, status=401))
        return redirect_to_login(reverse("crm_notify:alerts"))

    # Django's own LoginRequiredMiddleware would redirect scripts too.
    return login_not_required(asked(noticed, otherwise=otherwise))


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks: a browser that sends a form prefers HTML."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def private(response: HttpResponse) -> HttpResponse:
    """Keep an answer out of every cache but the asker's own, and have that one ask again."""
    patch_vary_headers(response, ["Cookie", "Authorization"])
    patch_cache_control(response, private=True, no_cache=True)
    return response


def safe_next(request: HttpRequest) -> str:
    """The page that the form stood on, or an empty text where it is none of this site."""
    given = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return given if allowed else ""


def payload(region: Region) -> dict[str, Any]:
    """The region for scripts, as data and as HTML; the HTML's forms hold no token."""
    # Not with the request: the host's context processors may query, and a token would set a cookie
    # at every poll.
    html = render_to_string("crm_notify/alerts/items.html", {"region": region})
    return {
        "count": region.count,
        "heading": region.heading,
        "may_correct": region.may_correct,
        "put_off": {way.name: way.words for way in region.put_off},
        "alerts": [_as_data(warned) for warned in region.warnings],
        "folded": [_folded(line) for line in region.folded],
        "settled": [
            {"id": item.id, "told": item.told, "words": item.headline, "at": item.closed_at}
            for item in region.settled
        ],
        "html": html,
        "etag": region.etag,
    }


def _folded(line: Folded) -> dict[str, Any]:
    return {
        "incident": line.incident,
        "count": line.count,
        "cause": line.cause,
        "words": line.headline,
        "names": [
            {
                "alert": name.alert,
                "recipient": name.recipient,
                "address": name.address,
                "what": f"{name.what}: {name.target}",
                "url": name.url,
            }
            for name in line.names
        ],
    }


def _as_data(warned: Warned) -> dict[str, Any]:
    return {
        "id": warned.id,
        "notification": warned.notification,
        "recipient": warned.recipient,
        "address": warned.address,
        "headline": warned.headline,
        "what": f"{warned.what}: {warned.target}",
        "url": warned.url,
        "reason": warned.reason,
        "provider": warned.provider,
        "diagnosis": warned.diagnosis,
        "code": warned.code,
        "blame": warned.blame,
        "urgent": warned.urgent,
        "opened_at": warned.opened_at,
        "acknowledged": warned.acknowledged_at is not None,
        "snoozed_until": warned.snoozed_until,
        "calls_out": warned.calls_out,
        "state": warned.state,
        "progress": warned.progress,
        "proposal": warned.proposal,
        "suggestions": [asdict(suggestion) for suggestion in warned.suggestions],
        "actions": dict(warned.actions),
    }
