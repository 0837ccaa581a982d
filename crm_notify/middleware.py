"""Knows who acts while a request is served, and when it is over; asks nothing where none saves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from crm_notify.steps.tracking.acting import serving
from crm_notify.steps.tracking.finish import end_request

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


class ActingUserMiddleware:
    """``request.user`` acts in what is saved meanwhile, however and whenever he logged in.

    He is looked at when something tracked is saved, and not before: where nothing is, no query is
    made. It stands last in MIDDLEWARE, so that what the host sets up for a request still holds when
    it ends; what is saved above it is no part of the request.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        if self.is_async:
            return self._serve(request)
        with serving(_user_of(request)) as served:
            try:
                return self.get_response(request)  # type: ignore[no-any-return]
            finally:
                end_request(served)

    async def _serve(self, request: HttpRequest) -> HttpResponseBase:
        with serving(_user_of(request)) as served:
            try:
                return await self.get_response(request)  # type: ignore[no-any-return]
            finally:
                if served.remembered:
                    await sync_to_async(end_request)(served)


def _user_of(request: HttpRequest) -> Callable[[], Any]:
    """As he is when he is asked for: an API's token is looked at after every middleware."""
    return lambda: getattr(request, "user", None)
