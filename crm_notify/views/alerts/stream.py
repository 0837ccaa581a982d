"""Server-Sent Events that say only that there is news; what it is a page asks the JSON for."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from http import HTTPStatus

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_not_required
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_GET

from crm_notify import database
from crm_notify.steps.hint import name_of
from crm_notify.views.alerts import listening
from crm_notify.views.alerts.answers import private
from crm_notify.views.asking import asker

#: Seconds after which a stream ends, so that it is seen anew who is logged in.
LASTS = 300.0
#: Seconds of silence after which something is sent, so that nothing in between hangs up.
BEAT = 15.0
#: Milliseconds after which a browser comes again: not all at once where a server has restarted.
COME_AGAIN = (1000, 3000)


@login_not_required
@database.non_atomic_requests
@require_GET
async def stream(request: HttpRequest) -> HttpResponseBase:
    """A hint now, and one whenever the asker's warnings have changed.

    No hint says what has, so this shows nothing to anybody. 401 to whoever is not logged in; 204,
    after which a browser does not come again, where the server or the database cannot; 503 where
    the database does not answer. An open stream holds no database connection.
    """
    name = await sync_to_async(_name)(request)
    if not name:
        return private(HttpResponse(status=HTTPStatus.UNAUTHORIZED))
    if not isinstance(request, ASGIRequest) or not listening.is_possible():
        return private(HttpResponse(status=HTTPStatus.NO_CONTENT))
    await sync_to_async(connections.close_all)()
    if not await listening.listener().hears():
        return private(HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE))
    # A host's middleware may pack each part by itself, and browsers unpack the first only.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    answer = StreamingHttpResponse(_hints(name), content_type="text/event-stream")
    # nginx holds back what it may keep together.
    answer["X-Accel-Buffering"] = "no"
    patch_vary_headers(answer, ["Cookie", "Authorization"])
    patch_cache_control(answer, private=True, no_cache=True, no_transform=True)
    return answer


def _name(request: HttpRequest) -> str:
    """How hints call the asker; empty where he is not logged in."""
    # Not the asynchronous way to him: a host's own middleware may set this one alone.
    known = asker(request)
    return name_of(known.pk) if known is not None else ""


async def _hints(name: str) -> AsyncIterator[str]:
    """What a stream says. It begins with a hint: what came before it was open was not heard."""
    listener = listening.listener()
    ends = listener.loop.time() + LASTS
    with listener.stream(name) as stream:
        stream.over = not await listener.hears()
        yield f"retry: {random.randint(*COME_AGAIN)}\n\n"
        stream.news.set()
        count = 0
        while not stream.over and (left := ends - listener.loop.time()) > 0:
            try:
                async with asyncio.timeout(min(BEAT, left)):
                    await stream.news.wait()
            except TimeoutError:
                yield ":\n\n"
            else:
                stream.news.clear()
                count += 1
                yield f"data: {count}\n\n"
