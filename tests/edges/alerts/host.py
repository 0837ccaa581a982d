"""A host's pages, reduced to what a browser needs: one page with the tag, and a strict policy."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

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
<link rel="icon" href="/icon"><title>Contoso</title></head>
<body>
{% crm_notify_alerts %}
<main><h1>Contoso</h1>
{% for message in messages %}<p>{{ message }}</p>{% endfor %}
<p><label>Search <input name="search"></label></p></main>
</body></html>
"""
)


def strict_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: nothing inline runs, and no text becomes HTML but by a policy that is named."""

    def with_policy(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response

    return with_policy


def customer(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(PAGE.render(RequestContext(request)))


def icon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


urlpatterns = [
    path("customers/<int:pk>/", customer),
    path("icon", icon),
    path("notify/", include("crm_notify.urls")),
]
