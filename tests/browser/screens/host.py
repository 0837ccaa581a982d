"""The host of the alerts' tests with Django's admin, which is under a strict policy here too."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from tests.edges.alerts.host import urlpatterns as pages

#: Nothing inline runs and nothing is evaluated; Trusted Types are beyond the admin's own jQuery.
POLICY = "default-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'"


def strict(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @functools.wraps(view)
    def with_policy(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Content-Security-Policy"] = POLICY
        return response

    return with_policy


def strictly(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same addresses, each view of which answers under the policy."""
    return [
        URLPattern(one.pattern, strict(one.callback), one.default_args, one.name)
        if isinstance(one, URLPattern)
        else URLResolver(one.pattern, strictly(one.url_patterns), one.default_kwargs)
        for one in patterns
    ]


_patterns, _app, _name = admin.site.urls
urlpatterns = [*pages, path("admin/", (strictly(_patterns), _app, _name))]
