"""Encrypted connections: one that can be trusted is used, any other carries nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from ssl import SSLContext

import pytest

from crm_notify.channels.email.channel import EmailSpeaker
from crm_notify.channels.email.mailer import SMTP
from crm_notify.models import Attempt
from tests.channels.email.wires import WIRES
from tests.support.certificate import make_certificate
from tests.support.mail_server import HANG_UP, MailServer
from tests.support.send_api import SendApi

Use = Callable[..., None]
Speak = Callable[[], EmailSpeaker]
Make = Callable[..., Attempt]


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, SSLContext]:
    return make_certificate(tmp_path)


def test_smtp_over_tls_tells_the_stages_apart_too(
    certificate: tuple[Path, SSLContext],
    monkeypatch: pytest.MonkeyPatch,
    mailer: Use,
    speaker: Speak,
    attempt: Make,
) -> None:
    file, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with MailServer(tls=context) as server:
        mailer(SMTP, {"host": "127.0.0.1", "port": server.port, "use_ssl": True})
        speak = speaker()
        assert speak.send(attempt(pk=1)).result == "accepted"
        server.answer("RCPT", HANG_UP, HANG_UP)
        assert speak.send(attempt(pk=2)).result == "later"
        server.answer("DATA", HANG_UP)
        assert speak.send(attempt(pk=3)).result == "unknown"


def test_a_mail_server_that_nobody_vouches_for_gets_nothing(
    certificate: tuple[Path, SSLContext], mailer: Use, speaker: Speak, attempt: Make
) -> None:
    with MailServer(tls=certificate[1]) as server:
        mailer(SMTP, {"host": "127.0.0.1", "port": server.port, "use_ssl": True})
        answer = speaker().send(attempt())
        assert (answer.result, answer.blame) == ("later", "server")
        assert server.received == []


def test_an_api_that_nobody_vouches_for_gets_nothing(
    certificate: tuple[Path, SSLContext], mailer: Use, speaker: Speak, attempt: Make
) -> None:
    wire = WIRES["sparkpost"]
    with SendApi(wire.success, tls=certificate[1]) as server:
        mailer("anymail.backends.sparkpost.EmailBackend", wire.backend_options(server.url))
        answer = speaker().send(attempt())
        assert (answer.result, answer.blame) == ("later", "server")
        assert server.calls == []
