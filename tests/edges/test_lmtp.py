"""The mail server for the Return-Path: who is let in, and what it answers when it cannot store."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from crm_notify import api
from crm_notify.management import lmtp
from crm_notify.models import Event, Notification, Receipt
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from tests.play.news import NOTICE
from tests.posts import token_of

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]
RAW = (
    NOTICE.format(id=1, to="john@example.com", action="failed", status="5.1.1")
    .replace("\n", "\r\n")
    .encode()
)


class Server:
    """One that runs in a thread, as it would in a process of its own, between ``with`` and end."""

    def __init__(self, **limits: Any) -> None:
        self.port = 0
        self._limits = lmtp.Limits(**{"size": 10_000, **limits})
        self._up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()

        def started(port: int) -> None:
            self.port = port
            self._up.set()

        await lmtp.serve(
            host="127.0.0.1", port=0, limits=self._limits, stop=self._stop, started=started
        )

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._up.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self.tell_to_end()
        self._thread.join(20)
        assert not self._thread.is_alive()

    def tell_to_end(self) -> None:
        with suppress(RuntimeError):  # it has ended
            self._loop.call_soon_threadsafe(self._stop.set)

    def lmtp(self) -> smtplib.SMTP:
        return _greeted(smtplib.LMTP("127.0.0.1", self.port, timeout=10))

    def smtp(self) -> smtplib.SMTP:
        return _greeted(smtplib.SMTP("127.0.0.1", self.port, timeout=10))


def _greeted(client: smtplib.SMTP) -> smtplib.SMTP:
    client.ehlo_or_helo_if_needed()
    client.mail("")
    return client


def text(reply: tuple[int, bytes]) -> str:
    return f"{reply[0]} {reply[1].decode()}"


@pytest.fixture
def address(notification: Notification) -> str:
    """The envelope sender of the mail to John."""
    deliver()
    return f"{token_of(notification)}@bounces.crm.example"


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_a_notice_is_stored_byte_for_byte_and_then_read(
    address: str, notification: Notification, protocol: str
) -> None:
    with Server() as server, getattr(server, protocol)() as client:
        assert text(client.rcpt(address)) == lmtp.WELCOME
        assert text(client.data(RAW)) == lmtp.KEPT
    receipt = Receipt.objects.get()
    assert bytes(receipt.body) == RAW
    assert receipt.headers == {"x-envelope-recipient": address, "x-envelope-sender": ""}
    assert (receipt.provider, receipt.via, receipt.verdict) == ("smtp", "mail", "own")
    assert not Event.objects.exists()
    interpret()
    notification.refresh_from_db()
    assert notification.outcome == "failed"


def test_who_is_no_address_of_ours_is_refused_before_his_mail_is_sent(address: str) -> None:
    forged = "bounce-na" + "a" * 29
    with Server() as server, server.lmtp() as client:
        for recipient in ("postmaster@crm.example", f"{forged}@crm.example", "<>", address[1:]):
            assert client.rcpt(recipient)[0] == 550, recipient
        assert client.docmd("DATA")[0] == 503
    assert not Receipt.objects.exists()


def test_one_recipient_is_taken_at_a_time(address: str) -> None:
    """The other side sends the mail to the second one again, as LMTP and SMTP both have it."""
    with Server() as server, server.lmtp() as client:
        assert client.rcpt(address)[0] == 250
        assert text(client.rcpt(address.upper())) == lmtp.ONE_EACH
        assert client.data(RAW)[0] == 250
        client.mail("")
        assert client.rcpt(address)[0] == 250
    assert Receipt.objects.count() == 1


def test_while_the_intake_is_closed_it_is_to_come_again(address: str) -> None:
    with Server() as server, server.lmtp() as client:
        assert client.rcpt(address)[0] == 250
        api.close_intake(by="alice", reason="The disk is full")
        assert text(client.data(RAW)) == lmtp.NOT_NOW
        client.mail("")
        assert text(client.rcpt(address)) == lmtp.NOT_NOW
        api.open_intake(by="alice")
        assert client.rcpt(address)[0] == 250
        assert text(client.data(RAW)) == lmtp.KEPT
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "replies"),
    [("is_closed", [lmtp.NOT_NOW, "503"]), ("keep", [lmtp.WELCOME, lmtp.NOT_NOW])],
)
def test_while_the_database_is_down_it_is_to_come_again(
    address: str,
    name: str,
    replies: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise DatabaseError("db.internal is down")

    monkeypatch.setattr(lmtp, name, down)
    with Server() as server, server.lmtp() as client:
        assert text(client.rcpt(address)) == replies[0]
        if replies[0] == lmtp.WELCOME:
            assert text(client.data(RAW)) == replies[1]
    assert not Receipt.objects.exists()
    assert "db.internal is down" in caplog.text


def test_a_setting_that_is_wrong_costs_no_mail(
    address: str, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(RETURN_PATH_KEYS="a")
    with Server() as server, server.lmtp() as client:
        assert text(client.rcpt(address)) == lmtp.NOT_NOW


def test_a_mail_that_is_too_large_is_refused_before_and_after(address: str) -> None:
    with Server(size=1000) as server, server.smtp() as client:
        assert client.esmtp_features["size"] == "1000"
        client.rset()
        assert client.mail("", [f"size={1001}"])[0] == 552
        assert client.mail("")[0] == 250
        assert client.rcpt(address)[0] == 250
        assert client.data(RAW + b"x" * 1000)[0] == 552
    assert not Receipt.objects.exists()


def test_lines_may_be_longer_than_they_should(address: str) -> None:
    raw = b"Subject: x\r\n\r\n" + b"x" * 200_000 + b"\r\n"
    with Server(size=10**6) as server, server.lmtp() as client:
        client.rcpt(address)
        assert text(client.data(raw)) == lmtp.KEPT
    assert bytes(Receipt.objects.get().body) == raw


def test_what_holds_nothing_is_not_taken(address: str) -> None:
    with Server() as server, server.lmtp() as client:
        client.rcpt(address)
        assert text(client.data(b"")) == lmtp.EMPTY
    assert not Receipt.objects.exists()


def test_who_is_slow_is_hung_up_on(address: str) -> None:
    with Server(time=timedelta(seconds=0.3)) as server, server.lmtp() as client:
        client.rcpt(address)
        assert client.docmd("DATA")[0] == 354
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.getreply()
    assert not Receipt.objects.exists()


def test_connections_are_counted() -> None:
    with Server(connections=1) as server:
        with server.smtp() as first:
            with pytest.raises(smtplib.SMTPConnectError) as caught:
                server.smtp()
            assert caught.value.smtp_code == 421
            assert first.noop()[0] == 250
        with server.smtp() as second:
            assert second.noop()[0] == 250


def test_at_the_end_who_is_idle_is_told_and_who_is_sending_is_served(address: str) -> None:
    with Server() as server, server.smtp() as busy:
        busy.rcpt(address)
        busy.docmd("DATA")
        with server.smtp() as idle:
            server.tell_to_end()
            assert idle.getreply()[0] == 421
        busy.send(RAW + b".\r\n")
        assert text(busy.getreply()) == lmtp.KEPT
        with pytest.raises(ConnectionRefusedError):
            server.smtp()
    assert Receipt.objects.count() == 1


def test_at_the_end_nobody_is_waited_for_for_ever(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lmtp, "GRACE", timedelta(seconds=0.2))
    with Server() as server, server.smtp() as busy:
        busy.rcpt(address)
        busy.docmd("DATA")
        server.tell_to_end()
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
            busy.getreply()
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "mail.crm.example"])
def test_it_does_not_listen_where_others_are_unless_told(host: str) -> None:
    with pytest.raises(CommandError, match="--expose"):
        call_command("crm_notify_lmtp", "--host", host)


def test_without_keys_it_would_let_nobody_in(crm_notify_settings: Callable[..., None]) -> None:
    crm_notify_settings(RETURN_PATH_KEYS={})
    with pytest.raises(CommandError, match="RETURN_PATH_KEYS"):
        call_command("crm_notify_lmtp")


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "crm_notify.management.lmtp", None)
    with pytest.raises(CommandError, match=r"crm-notify\[lmtp\]"):
        call_command("crm_notify_lmtp", "--host", "localhost")


def test_a_port_that_is_taken_is_said_to_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Cannot listen on 127.0.0.1 port {port}"):
            call_command("crm_notify_lmtp", "--port", str(port))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    command = [sys.executable, "manage.py", "crm_notify_lmtp", "--port", "0"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"crm_notify_lmtp: listening on 127.0.0.1 port (\d+)\n", line)
        assert found
        with smtplib.LMTP("127.0.0.1", int(found[1]), timeout=10) as client:
            assert client.noop()[0] == 250
            process.send_signal(number)
            assert client.getreply()[0] == 421
            rest, _ = process.communicate(timeout=20)
    assert (process.returncode, rest) == (0, "crm_notify_lmtp: ended\n")
