"""Apprise hands over at most once, within its time, and writes no number or token anywhere."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from time import monotonic

import pytest

from crm_notify.channels.apprise import AppriseMessenger, _failed
from crm_notify.channels.base import Answer
from crm_notify.exceptions import MissingExtra, SettingsError
from crm_notify.models import Attempt, Notification
from crm_notify.rules.evidence import Blame
from tests.support.send_api import Call, Reply, SendApi

Gateway = Callable[[Callable[[Call], Reply]], SendApi]
Result = Attempt.Result
NUMBER = "+49 30 901820"
TOKEN = "token-of-the-gateway"
TEXT = "Janet logged a call: Contoso"


def url(api: SendApi) -> str:
    return f"json://us:{TOKEN}@{api.url.removeprefix('http://')}/sms/{{to}}"


def nobody() -> str:
    """Where nobody listens."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    return f"json://us:{TOKEN}@127.0.0.1:{port}/sms/{{to}}"


def send(*urls: str, to: str = NUMBER) -> Answer:
    return AppriseMessenger(list(urls)).send(to, TEXT, Notification())


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("apprise", "urllib3.connectionpool"):
        caplog.set_level(logging.DEBUG, logger=name)


def test_it_calls_the_gateway_once_with_number_and_text(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    api = gateway(lambda call: Reply())
    answer = AppriseMessenger(url(api)).send(NUMBER, TEXT, Notification())
    assert answer == Answer(result=Result.ACCEPTED)
    (call,) = api.calls
    assert call.path == "/sms/+49%2030%20901820"
    assert call.json["message"] == TEXT
    assert "901820" not in caplog.text
    assert TOKEN not in caplog.text
    assert TEXT not in caplog.text


def test_an_address_cannot_lead_elsewhere(gateway: Gateway) -> None:
    api = gateway(lambda call: Reply())
    send(url(api), to="x?retry=5&cto=99/../admin@evil.example#")
    (call,) = api.calls
    assert call.path.startswith("/sms/x%3F")
    assert "/../" not in call.path


@pytest.mark.parametrize(
    ("status", "result", "blame"),
    [
        (400, Result.REFUSED, Blame.UNKNOWN),
        (401, Result.REFUSED, Blame.SENDER),
        (302, Result.REFUSED, Blame.SENDER),
        (429, Result.LATER, Blame.SERVER),
        (503, Result.LATER, Blame.SERVER),
        (500, Result.UNKNOWN, Blame.SERVER),
        (502, Result.UNKNOWN, Blame.SERVER),
    ],
)
def test_a_gateway_that_says_no_is_called_once_and_understood(
    gateway: Gateway,
    caplog: pytest.LogCaptureFixture,
    status: int,
    result: Attempt.Result,
    blame: Blame,
) -> None:
    api = gateway(lambda call: Reply(status=status, headers={"Location": "/elsewhere"}))
    answer = send(url(api).replace("/sms/{to}", "/sms/{to}?retry=3&redirect=yes"))
    assert (answer.result, answer.code, answer.blame) == (result, str(status), blame)
    assert len(api.calls) == 1
    assert "901820" not in caplog.text + answer.text
    assert TOKEN not in caplog.text + answer.text


def test_a_gateway_that_is_down_took_nothing(caplog: pytest.LogCaptureFixture) -> None:
    answer = send(nobody())
    assert (answer.result, answer.blame) == (Result.LATER, Blame.SERVER)
    assert "901820" not in caplog.text + answer.text
    assert TOKEN not in caplog.text + answer.text


def test_a_gateway_that_does_not_answer_is_left_in_time_and_nobody_knows(
    gateway: Gateway, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(SEND_TIMEOUT=timedelta(seconds=0.5))
    api = gateway(lambda call: Reply(silent=True))
    begun = monotonic()
    answer = send(url(api))
    assert monotonic() - begun < 5
    assert (answer.result, answer.blame) == (Result.UNKNOWN, Blame.SERVER)
    assert len(api.calls) == 1


@contextmanager
def trickling() -> Iterator[str]:
    """A gateway that never stops to answer, a byte at a time: no read of it takes long."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            caller, _ = server.accept()
            with caller, suppress(OSError):
                caller.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not ended.wait(0.05):
                    caller.sendall(b"x")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"json://us:{TOKEN}@127.0.0.1:{server.getsockname()[1]}/{{to}}"
        ended.set()
        thread.join()


def test_a_gateway_that_never_stops_to_answer_is_left_in_time_too(
    crm_notify_settings: Callable[..., None],
) -> None:
    crm_notify_settings(SEND_TIMEOUT=timedelta(seconds=0.5))
    with trickling() as slow:
        begun = monotonic()
        answer = send(slow)
        assert monotonic() - begun < 5
    assert (answer.result, answer.blame) == (Result.UNKNOWN, Blame.SERVER)
    assert "in time" in answer.text


def test_a_gateway_that_hangs_up_after_the_call_leaves_it_open(gateway: Gateway) -> None:
    api = gateway(lambda call: Reply(hang_up=True))
    assert send(url(api)).result == Result.UNKNOWN
    assert len(api.calls) == 1


def test_the_next_gateway_is_asked_only_where_the_first_took_nothing(gateway: Gateway) -> None:
    good = gateway(lambda call: Reply())
    unsure = gateway(lambda call: Reply(hang_up=True))
    busy = gateway(lambda call: Reply(status=429))
    no = gateway(lambda call: Reply(status=400))
    assert send(nobody(), url(no), url(good)).result == Result.ACCEPTED
    assert send(url(unsure), url(good)).result == Result.UNKNOWN
    assert send(url(good), url(unsure)).result == Result.ACCEPTED
    assert (len(good.calls), len(unsure.calls)) == (2, 1)
    assert send(url(busy), url(no)).result == Result.LATER
    assert send(url(no), url(no)).result == Result.REFUSED


def test_a_failure_of_which_nothing_is_clear_leaves_it_open() -> None:
    failed = _failed("json", ["Sent one part.", "Failed to send the other."])
    assert (failed.result, failed.code) == (Result.UNKNOWN, "")


def test_a_services_own_code_is_kept_and_the_number_is_not() -> None:
    said = [f"Failed to send Twilio notification to {NUMBER}: no such number, error=21211."]
    answer = _failed("twilio", said)
    assert (answer.result, answer.code, answer.blame) == (Result.REFUSED, "21211", Blame.UNKNOWN)
    assert NUMBER not in answer.text


def test_an_address_that_the_service_does_not_take_is_held_against_the_address() -> None:
    sid, token = f"AC{'a' * 32}", "b" * 32
    for to in ("not a number", "+15555550101,+15555550102"):
        answer = send(f"twilio://{sid}:{token}@+15555550199/{{to}}", to=to)
        assert (answer.result, answer.blame) == (Result.REFUSED, Blame.ADDRESS)


def test_a_url_that_can_be_used_with_no_address_is_our_fault() -> None:
    answer = send("twilio://sid:token@nothing/{to}")
    assert (answer.result, answer.blame) == (Result.REFUSED, Blame.SENDER)


@pytest.mark.parametrize("given", ["json://localhost/", [], ["json://a/{to}", "json://b/"], [5]])
def test_a_url_that_names_nobody_is_refused(given: object) -> None:
    with pytest.raises(SettingsError, match=r"\{to\}"):
        AppriseMessenger(given)


def test_a_service_that_it_does_not_know_is_refused_without_naming_a_secret() -> None:
    with pytest.raises(SettingsError, match="does not speak nonsense://") as error:
        AppriseMessenger(f"nonsense://{TOKEN}@x/{{to}}")
    assert TOKEN not in str(error.value)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(MissingExtra, match=r"crm-notify\[apprise\]"):
        AppriseMessenger("json://localhost/{to}")


def test_what_others_say_by_the_same_logger_is_left_alone(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    send(url(gateway(lambda call: Reply())))
    logging.getLogger("apprise").warning("of the host's own")
    assert "of the host's own" in caplog.text
