"""The webhooks beside the host's application: what is theirs, what is his, and what is nobody's."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import importlib
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.test import AsyncRequestFactory, RequestFactory

from crm_notify.exceptions import SettingsError
from crm_notify.intake import with_webhooks, with_webhooks_asgi
from crm_notify.models import Receipt
from tests.posts import AUTHORIZATION

AT = "/notify/webhooks/"
URL = f"{AT}sparkpost/tracking/"
FORM = "application/x-www-form-urlencoded"
# As in a server, a request's end closes the connection.
pytestmark = pytest.mark.django_db(transaction=True)


def host(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"The host's."]


async def host_asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["type"].encode()})


def ask(
    application: Any, path: str, body: bytes = b"[1]", kind: str = "application/json", **extra: Any
) -> tuple[int, bytes]:
    request = RequestFactory(headers={"Authorization": AUTHORIZATION}).post(
        path, body, content_type=kind, **extra
    )
    said: list[str] = []
    response = application(request.environ, lambda status, headers: said.append(status))
    answer = b"".join(response)
    getattr(response, "close", list)()
    return int(said[0][:3]), answer


def ask_asgi(application: Any, path: str, **scope: Any) -> tuple[int, bytes]:
    async def talk() -> tuple[int, bytes]:
        request = AsyncRequestFactory().post(
            path,
            b"[1]",
            content_type="application/json",
            headers={"Authorization": AUTHORIZATION},
        )
        begin: Any = ApplicationCommunicator
        line = begin(application, {**request.scope, **scope})
        await line.send_input({"type": "http.request", "body": b"[1]"})
        start, body = await line.receive_output(), await line.receive_output()
        await line.wait()
        return start["status"], body["body"]

    return async_to_sync(talk)()


def test_only_what_is_below_the_path_is_theirs() -> None:
    application = with_webhooks(host, at=AT)
    assert ask(application, URL)[0] == 200
    assert ask(application, URL[:-1])[0] == 200
    assert Receipt.objects.count() == 2
    for path in ("/", "/notify/alerts/", "/notify/webhooks", f"/other{URL}"):
        assert ask(application, path) == (200, b"The host's.")


def test_over_asgi_too() -> None:
    application = with_webhooks_asgi(host_asgi, at=AT)
    assert ask_asgi(application, URL) == (200, b"")
    # Mounted below a path, the server says so, or the path holds it.
    assert ask_asgi(application, f"/crm{URL}", root_path="/crm") == (200, b"")
    assert Receipt.objects.latest("pk").url == f"http://testserver/crm{URL}"
    assert ask_asgi(application, "/alerts/") == (200, b"http")
    assert ask_asgi(application, URL, type="websocket") == (200, b"websocket")
    assert asyncio.iscoroutinefunction(application)


def test_what_is_nobodys_is_said_without_a_template_of_the_hosts(settings: Any) -> None:
    settings.TEMPLATES = []
    application = with_webhooks(host, at=AT)
    assert ask(application, f"{AT}nobody/tracking/") == (404, b"Nothing is received here.")
    said = b"This request cannot be taken; is the host in ALLOWED_HOSTS?"
    assert ask(application, URL, SERVER_NAME="hooks.example") == (400, said)


def test_what_fails_is_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("Out of luck.")

    monkeypatch.setattr("crm_notify.views.intake.intake", fail)
    assert ask(with_webhooks(host, at=AT), URL) == (500, b"It failed here. Come again.")


@pytest.mark.parametrize("script", ["", "/crm"])
def test_a_signature_over_the_address_holds(script: str, settings: Any) -> None:
    """Mandrill signs the absolute URL that it was told."""
    settings.ANYMAIL = {"MANDRILL_WEBHOOK_KEY": "key"}
    settings.FORCE_SCRIPT_NAME = script or None
    settings.CRM_NOTIFY = {**settings.CRM_NOTIFY, "WEBHOOK_SECRETS": ["provider:secret"]}
    events = json.dumps([{"event": "send", "_id": "1", "ts": 1, "msg": {"email": "a@b.example"}}])
    path = f"{AT}mandrill/tracking/"
    signed = f"http://provider:secret@testserver{script}{path}mandrill_events{events}"
    digest = hmac.digest(b"key", signed.encode(), hashlib.sha1)
    signature = {"HTTP_X_MANDRILL_SIGNATURE": base64.b64encode(digest).decode()}
    body = urlencode({"mandrill_events": events}).encode()
    assert ask(with_webhooks(host, at=AT), path, body, FORM, **signature) == (200, b"")
    assert Receipt.objects.get().verdict == Receipt.Verdict.VALID


@pytest.mark.parametrize("name", ["wsgi", "asgi"])
def test_a_process_of_their_own_loads_what_servers_look_for(name: str) -> None:
    module = importlib.import_module(f"crm_notify.intake.{name}")
    path = "/anything/before/sparkpost/tracking/"
    assert (ask if name == "wsgi" else ask_asgi)(module.application, path) == (200, b"")
    assert (ask if name == "wsgi" else ask_asgi)(module.application, "/tracking/")[0] == 404


@pytest.mark.parametrize("at", ["notify/webhooks/", "/notify/webhooks", "/", ""])
def test_a_path_that_is_none_is_refused(at: str) -> None:
    for wrap in (with_webhooks, with_webhooks_asgi):
        with pytest.raises(SettingsError, match='at="/notify/webhooks/"'):
            wrap(host, at=at)
