"""A channel that speaks to a loopback server, and letters to be said without a database."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from crm_notify.channels.email import EmailChannel
from crm_notify.channels.email.channel import EmailSpeaker
from crm_notify.channels.email.mailer import SMTP
from crm_notify.models import Activity, Attempt, Notification
from crm_notify.rules.providers import PROVIDERS
from tests.channels.email.wires import WIRES
from tests.support.mail_server import MailServer
from tests.support.send_api import Call, Reply, SendApi

Api = Callable[[Callable[[Call], Reply]], SendApi]


@pytest.fixture
def mailer(settings: Settings) -> Callable[..., None]:
    """Set our mailer: its back end, its OPTIONS, and other settings of ours."""

    def use(backend: str, options: dict[str, Any], **conf: Any) -> None:
        settings.CRM_NOTIFY = {
            **settings.CRM_NOTIFY,
            "MAILER": {"BACKEND": backend, "OPTIONS": options},
            **conf,
        }

    return use


@pytest.fixture
def api() -> Iterator[Api]:
    """Start a send API that answers as it is told."""
    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(SendApi(answer))


@pytest.fixture
def through(mailer: Callable[..., None], api: Api) -> Callable[..., SendApi]:
    """Point our mailer at a send API that speaks for a provider; it answers success if not told."""

    def use(name: str, answer: Callable[[Call], Reply] | None = None, **conf: Any) -> SendApi:
        wire = WIRES[name]
        server = api(answer or wire.success)
        mailer(PROVIDERS[name].backends[0], wire.backend_options(server.url), **conf)
        return server

    return use


@pytest.fixture
def speaker() -> Iterator[Callable[[], EmailSpeaker]]:
    """Open the channel as the settings stand; it is closed at the end."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(EmailChannel().open())


@pytest.fixture
def attempt() -> Callable[..., Attempt]:
    """An attempt that no database knows: Janet's call on Contoso, of which John is to be told."""

    def make(
        *,
        pk: int = 7,
        address: str = "john@example.com",
        recipient: Any = None,
        recipient_name: str = "John",
        **activity: Any,
    ) -> Attempt:
        described = {
            "actor_name": "Janet Smith",
            "actor_address": "janet@crm.example",
            "verb": "logged a call",
            "target_id": "1",
            "target_label": "Contoso",
            "text": "They are ready to close today.",
            "url": "/customers/1/",
        }
        notification = Notification(
            pk=pk,
            activity=Activity(**{**described, **activity}),
            recipient=recipient,
            recipient_name=recipient_name,
            address=address,
        )
        return Attempt(pk=pk, notification=notification, address=address)

    return make


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server on loopback."""
    with MailServer() as server:
        yield server


@pytest.fixture
def smtp(mailer: Callable[..., None], server: MailServer) -> None:
    """Our mailer is the server; it gives up after 0.3 s."""
    mailer(
        SMTP,
        {"host": "127.0.0.1", "port": server.port},
        SEND_TIMEOUT=timedelta(seconds=1),
    )


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port where a connection neither comes about nor is refused."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port: int = listening.getsockname()[1]
        # Nobody accepts: once the queue is full, the system answers no more.
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port
