"""One URLconf a host name."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

URLCONFS = {
    "crm.example": "tests.odd.subdomains.crm_urls",
    # The package's own, and nothing else.
    "hooks.example": "crm_notify.urls.webhooks",
}


class ByHost:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        urlconf = URLCONFS.get(request.get_host())
        if urlconf is not None:
            request.urlconf = urlconf
        return self.get_response(request)
