"""Pages of a host that save, and pages that do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from tests.sales.models import Account, Call


def save(request: HttpRequest) -> HttpResponse:
    call = Call.objects.create(account=Account.objects.get())
    call.outcome = "won"
    call.save()
    return HttpResponse()


async def asave(request: HttpRequest) -> HttpResponse:
    account = await Account.objects.aget()
    call = await Call.objects.acreate(account=account)
    await asyncio.gather(call.participants.aadd(account.owner_id), call.asave())
    return HttpResponse()


def fail(request: HttpRequest) -> HttpResponse:
    save(request)
    raise RuntimeError("after the save")


def look(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nothing is saved here")


def token(request: HttpRequest) -> HttpResponse:
    """As an API authenticates: in the view, and onto the request below its own."""
    request.user = get_user_model().objects.get(username=request.headers["Token"])
    return save(request)


def sign_in(request: HttpRequest) -> HttpResponse:
    login(request, get_user_model().objects.get(username="janet"))
    return save(request)


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def lines() -> Iterator[bytes]:
        save(request)
        yield b"saved"

    return StreamingHttpResponse(lines())


async def astream(request: HttpRequest) -> StreamingHttpResponse:
    async def lines() -> AsyncIterator[bytes]:
        await Call.objects.acreate(account=await Account.objects.aget())
        yield b"saved"

    return StreamingHttpResponse(lines())


class CallAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    fields = ("account", "note", "outcome", "participants")


desk = admin.AdminSite(name="desk")
desk.register(Call, CallAdmin)

pages: list[Any] = [save, asave, fail, look, token, sign_in, stream, astream]
urlpatterns = [path("desk/", desk.urls)]
urlpatterns += [path(f"{page.__name__}/", page) for page in pages]
