"""A host's pages, reduced to what a browser needs: one page with the tag, and a strict policy."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import URLPattern, include, path
from django.views.decorators.csrf import ensure_csrf_cookie

from crm_notify import api
from crm_notify.urls import urlpatterns as ours
from tests.crm.models import Customer

DOCUMENTED = Path(__file__).parents[3] / "docs" / "screen.md"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types crm-notify"
)

PAGE = Template(
    """{% load crm_notify %}<!doctype html>
<html lang="en"{% if request.GET.dir %} dir="{{ request.GET.dir }}"{% endif %}
  {% if request.GET.theme %} data-theme="{{ request.GET.theme }}"{% endif %}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/host.css"><link rel="icon" href="/icon"><title>Contoso</title></head>
<body>
{% crm_notify_alerts %}
<main><h1>Contoso</h1>
{% for message in messages %}<p>{{ message }}</p>{% endfor %}
<p><label>Search <input name="search"></label></p></main>
</body></html>
"""
)


RECORD = Template(
    """{% load crm_notify %}<!doctype html>
<html lang="en"{% if request.GET.dir %} dir="{{ request.GET.dir }}"{% endif %}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/host.css"><link rel="icon" href="/icon"><title>Contoso</title></head>
<body>
{% crm_notify_alerts %}{% crm_notify_missed %}
<main><h1>Contoso</h1>
{% for activity in history %}<h2>{{ activity.verb }}</h2>{% crm_notify_told activity %}{% endfor %}
</main>
</body></html>
"""
)

STYLE = """
body { background: light-dark(#fff, #121212); color: light-dark(#111, #eee); }
body { font-family: sans-serif; }
[data-theme=light] { color-scheme: light; }
[data-theme=dark] { color-scheme: dark; }
"""


def strict(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Nothing inline runs, and no text becomes HTML but by a policy that is named."""

    @functools.wraps(view)
    def with_policy(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Content-Security-Policy"] = POLICY
        return response

    # A stream is no page, and asynchronous.
    return view if iscoroutinefunction(view) else with_policy


@strict
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(PAGE.render(RequestContext(request)))


@strict
@ensure_csrf_cookie
def single_page(request: HttpRequest) -> HttpResponse:
    """The example of docs/screen.md, as a file that no template of Django's has made."""
    (page,) = re.findall(r"^```html\n(.*?)^```$", DOCUMENTED.read_text(), re.DOTALL | re.MULTILINE)
    return HttpResponse(page)


@strict
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """A record's own page, with who knows of what was done."""
    history = api.history(Customer.objects.get(pk=pk))
    return HttpResponse(RECORD.render(RequestContext(request, {"history": history})))


def style(request: HttpRequest) -> HttpResponse:
    return HttpResponse(STYLE, content_type="text/css")


def icon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


strictly = [
    URLPattern(one.pattern, strict(one.callback), one.default_args, one.name) for one in ours
]
urlpatterns = [
    path("customers/<int:pk>/", customer),
    path("single-page/", single_page),
    path("records/<int:pk>/", record),
    path("host.css", style),
    path("icon", icon),
    path("notify/", include((strictly, "crm_notify"))),
]
