"""The pipe: a mail is stored before it is read, and the exit code says what became of it."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import pytest
from django.core.management import execute_from_command_line
from django.db import DatabaseError

from crm_notify import api
from crm_notify.channels.signing import sign
from crm_notify.conf import get_settings
from crm_notify.management.commands import crm_notify_receive
from crm_notify.models import Event, Notification, Receipt
from crm_notify.rules import token
from crm_notify.rules.token import Purpose
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from tests.play.news import NOTICE
from tests.posts import token_of

pytestmark = pytest.mark.django_db(transaction=True)

RAW = NOTICE.format(id=1, to="john@example.com", action="failed", status="5.1.1").encode()
Pipe = Callable[..., int]


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Pipe:
    """Run the command as a mail server does; the value is its exit code."""
    for name in ("ORIGINAL_RECIPIENT", "RECIPIENT", "SENDER"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, raw: bytes = RAW) -> int:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        try:
            execute_from_command_line(["manage.py", "crm_notify_receive", *arguments])
        except SystemExit as end:
            return end.code
        return 0

    return run


@pytest.fixture
def address(notification: Notification) -> str:
    """The envelope sender of the mail to John."""
    deliver()
    return f"{token_of(notification)}@bounces.crm.example"


def test_a_notice_is_stored_byte_for_byte_and_then_read(
    pipe: Pipe, address: str, notification: Notification
) -> None:
    assert pipe("--recipient", address, "--sender", "MAILER-DAEMON") == 0
    receipt = Receipt.objects.get()
    assert bytes(receipt.body) == RAW
    assert receipt.headers == {"x-envelope-recipient": address, "x-envelope-sender": ""}
    assert (receipt.provider, receipt.via, receipt.verdict) == ("smtp", "mail", "own")
    assert not Event.objects.exists()
    interpret()
    notification.refresh_from_db()
    assert notification.outcome == "failed"


@pytest.mark.parametrize(
    ("sender", "kept"),
    [("", ""), ("<>", ""), ("MAILER-DAEMON", ""), ("john@example.com", "john@example.com")],
)
def test_the_null_sender_is_known_in_each_form(
    pipe: Pipe, address: str, sender: str, kept: str
) -> None:
    assert pipe(f"--recipient=<{address}>", f"--sender={sender}") == 0
    headers = Receipt.objects.get().headers
    assert headers == {"x-envelope-recipient": address, "x-envelope-sender": kept}


@pytest.mark.parametrize("name", ["ORIGINAL_RECIPIENT", "RECIPIENT"])
def test_the_envelope_may_stand_in_the_environment(
    pipe: Pipe, address: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECIPIENT", "crm@crm.example")
    monkeypatch.setenv(name, address)
    monkeypatch.setenv("SENDER", "john@example.com")
    assert pipe() == 0
    headers = Receipt.objects.get().headers
    assert headers == {"x-envelope-recipient": address, "x-envelope-sender": "john@example.com"}


def test_who_is_no_address_of_ours_is_refused_and_nothing_is_kept(
    pipe: Pipe, address: str, notification: Notification, capsys: pytest.CaptureFixture[str]
) -> None:
    name, domain = address.split("@")
    conf = get_settings()
    foreign = token.make(
        id=1,
        purpose=Purpose.NOTIFICATION,
        key="a",
        keys=conf.RETURN_PATH_KEYS,
        installation="staging",
    )
    message = sign(notification.pk, Purpose.MESSAGE, conf)
    other = "b" if name[20] == "a" else "a"
    forged = name[:20] + other + name[21:]
    for local in ("postmaster", "bounce", name[:-1], forged, foreign, message):
        assert pipe("--recipient", f"{local}@{domain}") == 67, local
    assert not Receipt.objects.exists()
    assert set(capsys.readouterr().err.splitlines()) == {"CommandError: No such address."}


def test_the_domain_may_be_a_former_one_and_the_case_another(pipe: Pipe, address: str) -> None:
    local = address.split("@", maxsplit=1)[0].upper()
    assert pipe("--recipient", f"{local}@old.crm.example") == 0


@pytest.mark.parametrize("arguments", [[], ["--recipient", " "], ["--what"]])
def test_a_wrong_call_is_said_to_be_one(pipe: Pipe, arguments: list[str]) -> None:
    assert pipe(*arguments) == 64
    assert not Receipt.objects.exists()


def test_help_is_no_wrong_call(pipe: Pipe) -> None:
    assert pipe("--help") == 0


def test_while_the_intake_is_closed_the_mail_server_keeps_it(pipe: Pipe, address: str) -> None:
    api.close_intake(by="alice", reason="The disk is full")
    assert pipe("--recipient", address) == 75
    assert not Receipt.objects.exists()
    api.open_intake(by="alice")
    assert pipe("--recipient", address) == 0


def test_while_it_is_held_it_is_stored(pipe: Pipe, address: str) -> None:
    api.hold_intake(by="alice", reason="The provider repeats itself")
    assert pipe("--recipient", address) == 0
    assert interpret() == 0
    assert Receipt.objects.get().state == "new"


@pytest.mark.parametrize("raw", [b"", b"\r\n\n"])
def test_what_holds_nothing_is_not_taken(pipe: Pipe, address: str, raw: bytes) -> None:
    assert pipe("--recipient", address, raw=raw) == 75
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("error", [DatabaseError("db.internal is down"), RuntimeError("a bug")])
def test_whatever_goes_wrong_the_mail_server_keeps_it_and_learns_no_more(
    pipe: Pipe,
    address: str,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(crm_notify_receive, "keep", broken)
    assert pipe("--recipient", address) == 75
    assert capsys.readouterr().err == "CommandError: It cannot be stored now. Come again.\n"
    assert type(error).__name__ in caplog.text
    assert str(error) not in caplog.text
    assert pipe("--recipient", address, "--verbosity", "2") == 75
    assert str(error) in caplog.text


def test_a_setting_that_is_wrong_costs_no_mail(
    pipe: Pipe, address: str, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(RETURN_PATH_KEYS="a")
    assert pipe("--recipient", address) == 75


def test_of_a_huge_mail_the_beginning_is_kept_and_all_of_it_taken(
    pipe: Pipe,
    address: str,
    notification: Notification,
    crm_notify_settings: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    crm_notify_settings(INBOUND_LIMIT=len(RAW))
    assert pipe("--recipient", address, raw=RAW + b"x" * 200_000) == 0
    assert sys.stdin.buffer.read() == b""
    assert bytes(Receipt.objects.get().body) == RAW
    assert "was cut" in caplog.text
    interpret()
    notification.refresh_from_db()
    assert notification.outcome == "failed"
