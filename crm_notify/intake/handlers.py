"""Django's own handlers, without any middleware and with nothing but the webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, include, path, re_path

#: In a process of their own the host's proxy says where they are, with or without what is before.
ANYWHERE = r"^(?:.*/)?(?P<provider>[-\w]+)/(?P<via>[-\w]+)/?$"


class Urlconf:
    """The webhooks below a path, or below any; nothing in it needs a template of the host's."""

    def __init__(self, at: str | None) -> None:
        django.setup(set_prefix=False)
        # Only now: it needs the models.
        self.urlpatterns: Sequence[Any] = (
            [_anywhere()] if at is None else [path(at.lstrip("/"), _webhooks())]
        )

    @staticmethod
    def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
        return _said(404, "Nothing is received here.")

    @staticmethod
    def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
        return _said(400, "This request cannot be taken; is the host in ALLOWED_HOSTS?")

    @staticmethod
    def handler500(request: HttpRequest) -> HttpResponse:
        return _said(500, "It failed here. Come again.")


def _webhooks() -> Any:
    return include("crm_notify.urls.webhooks")


def _anywhere() -> Any:
    patterns = _webhooks()[0].urlpatterns
    return re_path(ANYWHERE, patterns[0].callback)


def _said(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


class _Alone(BaseHandler):
    """What is the same for both kinds of server."""

    def __init__(self, at: str | None) -> None:
        self.urlconf = Urlconf(at)
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:
        """None: what a host's may do to a POST (read it, redirect it, refuse it) loses news."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        respond = getattr(self, "_get_response_async" if is_async else "_get_response")
        self._middleware_chain = convert_exception_to_response(respond)

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        request.urlconf = self.urlconf  # type: ignore[assignment]
        return super().resolve_request(request)


class WSGIWebhooks(_Alone, WSGIHandler):
    """For gunicorn, uWSGI and their like."""


class ASGIWebhooks(_Alone, ASGIHandler):
    """For uvicorn, daphne and their like."""
