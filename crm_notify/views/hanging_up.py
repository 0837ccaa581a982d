"""A refused request ends its connection, where the server lets an application ask for that."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

#: PEP 3333 forbids an application the header ``Connection``, and these servers raise where they
#: see it. They close after an answer whose length they do not know. (How SERVER_SOFTWARE begins.)
_CLOSE_WITHOUT_LENGTH = ("WSGIServer/", "waitress")


def hangs_up_when_refusing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Close the connection after any answer of the view from 400 on.

    What is left of a body whose length was denied would else be taken for the next request.
    gunicorn drops what an application says about the connection, and sees to it by itself.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        return (
            response if response.status_code < HTTPStatus.BAD_REQUEST else _last(request, response)
        )

    return wrapped


def _last(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """The same answer, as the last one on its connection."""
    if isinstance(request, ASGIRequest):
        # HTTP/2 has no such header (RFC 9113 section 8.2.2).
        may_say_so = request.scope["http_version"].startswith("1.")
    else:
        may_say_so = "uwsgi.version" in request.META
    if may_say_so:
        response["Connection"] = "close"
        return response
    if str(request.META.get("SERVER_SOFTWARE", "")).startswith(_CLOSE_WITHOUT_LENGTH):
        return StreamingHttpResponse(
            [response.content], status=response.status_code, headers=response.headers
        )
    return response
