"""A provider's API that refuses, fails or falls silent: each answer means one thing."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_notify.channels.email.channel import EmailSpeaker
from crm_notify.models import Attempt
from crm_notify.rules.providers import PROVIDERS
from tests.channels.email.wires import WIRES
from tests.support.send_api import Reply, SendApi

Through = Callable[..., SendApi]
Speak = Callable[[], EmailSpeaker]
Make = Callable[..., Attempt]

SHORT = {"SEND_TIMEOUT": timedelta(seconds=0.5)}


def always(status: int = 200, body: Any = b"", **reply: Any) -> Callable[..., Reply]:
    return lambda call: Reply(status=status, body=body, **reply)


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("status", "result", "blame"),
    [
        (400, "refused", "unknown"),
        (401, "refused", "sender"),
        (403, "refused", "sender"),
        (404, "refused", "sender"),
        (422, "refused", "unknown"),
        (408, "later", "server"),
        (420, "later", "server"),
        (429, "later", "server"),
        (500, "later", "server"),
        (503, "later", "server"),
        (502, "unknown", "server"),
        (504, "unknown", "server"),
    ],
)
@pytest.mark.parametrize("name", ["mailgun", "mailjet", "postmark", "sparkpost"])
def test_each_http_status_means_one_thing(
    name: str, status: int, result: str, blame: str, through: Through, speaker: Speak, attempt: Make
) -> None:
    through(name, always(status, {"message": "No."}))
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame, answer.code) == (result, blame, str(status))
    assert str(status) in answer.text


@pytest.mark.parametrize("name", [name for name in WIRES if name != "amazon_ses"])
@pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")
def test_a_success_that_cannot_be_read_may_have_been_one(
    name: str, through: Through, speaker: Speak, attempt: Make
) -> None:
    through(name, always(200, {"surprise": ["!"]}))
    answer = speaker().send(attempt())
    # SendGrid's success has no body, so nothing in it can be wrong; of MailerSend's, no id is left.
    expected = {"sendgrid": "accepted", "mailersend": "refused"}
    assert answer.result == expected.get(name, "unknown"), answer


def test_a_silent_api_may_have_taken_the_mail(
    through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through("sparkpost", always(silent=True), **SHORT)
    assert speaker().send(attempt()).result == "unknown"
    assert len(server.calls) == 1


def test_an_api_that_hangs_up_after_the_call_may_have_taken_the_mail(
    through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through("sparkpost", always(hang_up=True))
    assert speaker().send(attempt()).result == "unknown"
    assert len(server.calls) == 1


def test_the_next_letter_after_a_lost_connection_goes_over_a_new_one(
    through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through("sparkpost")
    server.answer = lambda call: (
        Reply(hang_up=True) if call.connection == 1 else WIRES["sparkpost"].success(call)
    )
    open_speaker = speaker()
    assert open_speaker.send(attempt(pk=1)).result == "unknown"
    assert open_speaker.send(attempt(pk=2)).result == "accepted"
    assert server.connections == 2


@pytest.mark.parametrize(
    "url",
    [f"http://127.0.0.1:{closed_port()}/", "http://nowhere.invalid/"],
    ids=["nobody listens", "no such name"],
)
def test_an_api_that_cannot_be_reached_is_tried_later(
    url: str, mailer: Callable[..., None], speaker: Speak, attempt: Make
) -> None:
    mailer("anymail.backends.sparkpost.EmailBackend", {"api_key": "a key", "api_url": url})
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("later", "server")


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/", "http://[/"])
def test_an_address_of_the_api_that_is_none_is_our_own_fault(
    url: str, mailer: Callable[..., None], speaker: Speak, attempt: Make
) -> None:
    mailer("anymail.backends.sparkpost.EmailBackend", {"api_key": "a key", "api_url": url})
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("refused", "sender")


@pytest.mark.parametrize("name", ["sparkpost", "amazon_ses"])
def test_an_api_to_which_no_connection_comes_about_is_tried_later(
    name: str, deaf_port: int, mailer: Callable[..., None], speaker: Speak, attempt: Make
) -> None:
    options = WIRES[name].backend_options(f"http://127.0.0.1:{deaf_port}")
    mailer(PROVIDERS[name].backends[0], options, **SHORT)
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("later", "server")


@pytest.mark.parametrize(("status", "result"), [(400, "refused"), (500, "later"), (200, "unknown")])
def test_a_page_in_place_of_an_answer_means_what_its_status_says(
    status: int, result: str, through: Through, speaker: Speak, attempt: Make
) -> None:
    through("sparkpost", always(status, b"<html>Sorry.</html>"))
    assert speaker().send(attempt()).result == result
