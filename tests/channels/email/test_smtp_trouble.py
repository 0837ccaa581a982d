"""A mail server that refuses, hangs up or falls silent, before the text has left or after."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from crm_notify.channels.email.channel import EmailSpeaker
from crm_notify.channels.email.mailer import SMTP
from crm_notify.models import Attempt
from tests.support.mail_server import HANG_UP, SILENCE, MailServer

Use = Callable[..., None]
Speak = Callable[[], EmailSpeaker]
Make = Callable[..., Attempt]


@pytest.mark.usefixtures("smtp")
@pytest.mark.parametrize(
    ("stage", "reply", "result", "blame", "code"),
    [
        ("MAIL", "451 4.3.0 try again", "later", "server", "4.3.0"),
        ("MAIL", "550 5.1.8 sender domain does not exist", "refused", "sender", "5.1.8"),
        ("MAIL", "553 sorry", "refused", "sender", "553"),
        ("MAIL", "550 5.7.1 your network is blocked", "refused", "sender", "5.7.1"),
        ("RCPT", "450 4.2.0 greylisted, come again", "later", "policy", "4.2.0"),
        ("RCPT", "550 5.1.1 no such user", "refused", "address", "5.1.1"),
        ("RCPT", "552 5.2.2 mailbox full", "refused", "mailbox", "5.2.2"),
        ("RCPT", "550 no", "refused", "unknown", "550"),
        ("DATA", "451 4.3.5 system is not configured", "later", "server", "4.3.5"),
        ("DATA", "554 5.7.1 looks like spam", "refused", "content", "5.7.1"),
        ("DATA", "550 5.7.26 not authenticated (DMARC)", "refused", "sender", "5.7.26"),
    ],
)
def test_a_reply_of_class_4_passes_and_one_of_class_5_does_not(
    stage: str,
    reply: str,
    result: str,
    blame: str,
    code: str,
    server: MailServer,
    speaker: Speak,
    attempt: Make,
) -> None:
    server.answer(stage, reply)
    speak = speaker()
    answer = speak.send(attempt(pk=1))
    assert (answer.result, answer.blame, answer.code) == (result, blame, code)
    assert reply in answer.text
    assert speak.send(attempt(pk=2)).result == "accepted"
    assert len(server.received) == 1


@pytest.mark.usefixtures("smtp")
@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("EHLO", HANG_UP),
        ("EHLO", SILENCE),
        ("MAIL", HANG_UP),
        ("MAIL", SILENCE),
        ("MAIL", "421 4.3.2 shutting down"),
        ("RCPT", HANG_UP),
        ("RCPT", SILENCE),
        ("RCPT", "421 4.3.2 shutting down"),
    ],
)
def test_before_the_text_leaves_a_lost_connection_lost_nothing(
    stage: str, reply: str, server: MailServer, speaker: Speak, attempt: Make
) -> None:
    server.answer(stage, reply)
    speak = speaker()
    assert speak.send(attempt(pk=1)).result == "later"
    assert speak.send(attempt(pk=2)).result == "accepted"
    assert len(server.received) == 1


@pytest.mark.usefixtures("smtp")
@pytest.mark.parametrize("reply", [HANG_UP, SILENCE, "what?"])
def test_after_the_text_has_left_nobody_knows(
    reply: str, server: MailServer, speaker: Speak, attempt: Make
) -> None:
    server.answer("DATA", reply)
    speak = speaker()
    assert speak.send(attempt(pk=1)).result == "unknown"
    assert speak.send(attempt(pk=2)).result == "accepted"
    assert server.received[-1].connection == server.connections == 2


@pytest.mark.usefixtures("smtp")
@pytest.mark.parametrize("reply", [HANG_UP, SILENCE])
def test_what_may_have_been_taken_is_not_sent_again(
    reply: str, server: MailServer, speaker: Speak, attempt: Make
) -> None:
    speak = speaker()
    assert speak.send(attempt(pk=1)).result == "accepted"
    server.answer("DATA", reply)
    assert speak.send(attempt(pk=2)).result == "unknown"
    assert len(server.received) == server.connections == 1


@pytest.mark.usefixtures("smtp")
def test_a_server_that_closes_after_the_text_says_later(
    server: MailServer, speaker: Speak, attempt: Make
) -> None:
    server.answer("DATA", "421 4.3.2 shutting down")
    assert speaker().send(attempt()).result == "later"


@pytest.mark.usefixtures("smtp")
@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
@pytest.mark.parametrize("reply", [HANG_UP, "421 4.7.0 enough messages on this connection"])
def test_a_connection_that_has_served_enough_is_replaced_at_once(
    stage: str, reply: str, server: MailServer, speaker: Speak, attempt: Make
) -> None:
    speak = speaker()
    assert speak.send(attempt(pk=1)).result == "accepted"
    server.answer(stage, reply)
    assert speak.send(attempt(pk=2)).result == "accepted"
    assert [mail.connection for mail in server.received] == [1, 2]


@pytest.mark.usefixtures("smtp")
def test_a_server_that_hangs_up_on_every_connection_is_tried_later(
    server: MailServer, speaker: Speak, attempt: Make
) -> None:
    speak = speaker()
    assert speak.send(attempt(pk=1)).result == "accepted"
    server.answer("MAIL", HANG_UP, HANG_UP)
    assert speak.send(attempt(pk=2)).result == "later"
    assert server.connections == 2


def test_a_server_that_is_down_is_tried_later(mailer: Use, speaker: Speak, attempt: Make) -> None:
    with MailServer() as server:
        port = server.port
    mailer(SMTP, {"host": "127.0.0.1", "port": port})
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("later", "server")


@pytest.mark.parametrize("greeting", [b"554 5.3.2 no mail today\r\n", b"421 busy\r\n", b""])
def test_a_server_that_greets_with_no_is_tried_later(
    greeting: bytes, mailer: Use, speaker: Speak, attempt: Make
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        mailer(SMTP, {"host": "127.0.0.1", "port": listening.getsockname()[1]})

        def greet() -> None:
            talk, _ = listening.accept()
            with talk:
                talk.sendall(greeting)

        thread = threading.Thread(target=greet)
        thread.start()
        answer = speaker().send(attempt())
        thread.join()
    assert (answer.result, answer.blame) == ("later", "server")


@pytest.mark.parametrize(
    ("said", "result", "blame"),
    [
        ("535 5.7.8 wrong password", "refused", "sender"),
        ("454 4.7.0 ask me later", "later", "sender"),
    ],
)
def test_a_password_that_is_refused_is_our_own_fault(
    said: str,
    result: str,
    blame: str,
    server: MailServer,
    mailer: Use,
    speaker: Speak,
    attempt: Make,
) -> None:
    options = {"host": "127.0.0.1", "port": server.port, "username": "crm", "password": "x"}
    mailer(SMTP, options)
    server.answer("AUTH", said, said, said)
    speak = speaker()
    answer = speak.send(attempt())
    assert (answer.result, answer.blame) == (result, blame)
    server.answer("AUTH")
    assert speak.send(attempt(pk=2)).result == "accepted"


@pytest.mark.usefixtures("smtp")
def test_a_server_without_encryption_is_our_own_fault_where_it_is_asked_for(
    server: MailServer, mailer: Use, speaker: Speak, attempt: Make
) -> None:
    mailer(SMTP, {"host": "127.0.0.1", "port": server.port, "use_tls": True})
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("refused", "sender")
    assert "STARTTLS" in answer.text


def test_a_server_to_which_no_connection_comes_about_is_tried_later(
    deaf_port: int, mailer: Use, speaker: Speak, attempt: Make
) -> None:
    limit = timedelta(seconds=0.5)
    mailer(SMTP, {"host": "127.0.0.1", "port": deaf_port}, SEND_TIMEOUT=limit)
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("later", "server")


def test_a_mailer_that_is_told_to_fail_silently_is_heard_all_the_same(
    server: MailServer, mailer: Use, speaker: Speak, attempt: Make
) -> None:
    options = {"host": "127.0.0.1", "port": server.port, "fail_silently": True}
    mailer(SMTP, options)
    server.answer("RCPT", "550 5.1.1 no such user")
    assert speaker().send(attempt()).result == "refused"
    mailer(SMTP, {**options, "port": 9})
    assert speaker().send(attempt()).result == "refused"
