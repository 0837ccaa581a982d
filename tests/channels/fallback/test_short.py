"""A host's own channel is one small class; whatever it does, its row has an answer."""

from __future__ import annotations

import logging
import socket
import ssl
import urllib.error
from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.db import transaction
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from crm_notify.channels.base import Answer
from crm_notify.channels.registry import CHANNELS, channels, repeated
from crm_notify.channels.short import ShortChannel, short_channel
from crm_notify.exceptions import RefusedInput, SendInTransaction, SettingsError
from crm_notify.models import Activity, Attempt, Notification
from crm_notify.rules.evidence import Blame
from tests.channels.fallback.messengers import Scripted

Result = Attempt.Result
NUMBER = "+49 30 901820"
SECRET = "key-of-the-gateway"

pytestmark = pytest.mark.django_db(transaction=True)


def attempt(address: str = NUMBER, **activity: Any) -> Attempt:
    act = Activity(
        **{
            "actor_name": "Janet Smith",
            "verb": "logged a call",
            "target_label": "Contoso",
            "url": "/customers/7/",
            **activity,
        }
    )
    return Attempt(notification=Notification(activity=act, address=address), address=address)


def ask(says: Any, **given: Any) -> Answer:
    return ShortChannel("sms", Scripted(says)).send(attempt(**given))


def test_it_gets_the_number_and_a_short_text() -> None:
    sent: list[tuple[str, str]] = []
    with ShortChannel("sms", Scripted(sent=sent)).open() as speaker:
        assert speaker.send(attempt(f" {NUMBER} ")).result == Result.ACCEPTED
    text = "Janet Smith logged a call: Contoso https://crm.example/customers/7/"
    assert sent == [(NUMBER, text)]


def test_it_may_say_more_than_yes() -> None:
    said = Answer(result=Result.REFUSED, code="21211", text="no such number", blame=Blame.ADDRESS)
    assert ask(said) is said
    taken = Answer(result=Result.ACCEPTED, message_id="SM1")
    assert ask(taken).message_id == "SM1"


@pytest.mark.parametrize("said", [False, "id", Answer(result=Result.CLAIMED)])
def test_what_is_no_answer_leaves_it_open(said: Any) -> None:
    answer = ask(said)
    assert (answer.result, answer.blame) == (Result.UNKNOWN, Blame.SENDER)
    assert type(said).__name__ in answer.text


@pytest.mark.parametrize("address", ["", "  ", "+49\n30"])
def test_without_an_address_nobody_is_called(address: str) -> None:
    sent: list[tuple[str, str]] = []
    answer = ShortChannel("sms", Scripted(sent=sent)).send(attempt(address))
    assert (answer.result, answer.blame, sent) == (Result.REFUSED, Blame.ADDRESS, [])


def test_it_can_refuse_an_address() -> None:
    answer = ask(RefusedInput("That is a landline."))
    assert answer == Answer(result=Result.REFUSED, text="That is a landline.", blame=Blame.ADDRESS)


def raised(inner: BaseException) -> BaseException:
    """As urllib3's errors come out of requests."""
    return requests.ConnectionError(MaxRetryError(None, f"/{SECRET}", inner))


def caused(inner: BaseException) -> BaseException:
    error = RuntimeError(f"POST /{SECRET}")
    error.__cause__ = inner
    return error


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(111, SECRET),
        urllib.error.URLError(socket.gaierror(-2, SECRET)),
        raised(NewConnectionError(None, SECRET)),
        raised(ConnectTimeoutError(SECRET)),
        caused(ssl.SSLCertVerificationError(SECRET)),
        caused(caused(ConnectionRefusedError(SECRET))),
    ],
)
def test_what_never_arrived_is_tried_later(error: BaseException) -> None:
    answer = ask(error)
    assert (answer.result, answer.blame) == (Result.LATER, Blame.SERVER)
    assert SECRET not in answer.text


def after_another() -> BaseException:
    """The second of two calls failed, in the handler of the first."""
    try:
        try:
            raise ConnectionRefusedError(SECRET)
        except ConnectionRefusedError:
            raise TimeoutError(SECRET)  # noqa: B904
    except TimeoutError as error:
        return error


def deep() -> BaseException:
    error: BaseException = ConnectionRefusedError(SECRET)
    for _ in range(9):
        error = caused(error)
    return error


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(SECRET),
        requests.ReadTimeout(SECRET),
        raised(ConnectionResetError(SECRET)),
        KeyError(SECRET),
        after_another(),
        deep(),
    ],
)
def test_after_anything_else_nobody_knows_and_no_secret_is_kept(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = ask(error)
    assert (answer.result, answer.blame) == (Result.UNKNOWN, Blame.SERVER)
    assert type(error).__name__ in answer.text
    assert "messengers.py" in caplog.text, "the place where it broke is told"
    assert SECRET not in answer.text + caplog.text


def test_a_broken_template_is_our_fault_and_stops_nobody(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "APP_DIRS": False}]
    answer = ask(None)
    assert (answer.result, answer.blame) == (Result.REFUSED, Blame.SENDER)


def test_nothing_is_sent_while_a_transaction_is_open() -> None:
    with transaction.atomic(), pytest.raises(SendInTransaction):
        ask(None)


MESSENGERS = "tests.channels.fallback.messengers"


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("sms", f"{MESSENGERS}.Paper", 'must be {"CLASS"'),
        ("sms", {}, 'must be {"CLASS"'),
        ("sms", {"CLASS": f"{MESSENGERS}.Paper", "OPTION": {}}, 'must be {"CLASS"'),
        ("sms", {"CLASS": f"{MESSENGERS}.Paper", "OPTIONS": []}, 'must be {"CLASS"'),
        ("sms", {"CLASS": f"{MESSENGERS}.Nobody"}, "Nobody"),
        ("sms", {"CLASS": f"{MESSENGERS}.Mute"}, "has no method send"),
        ("sms", {"CLASS": f"{MESSENGERS}.Scripted", "OPTIONS": {"tokn": SECRET}}, "tokn"),
        ("sms", {"CLASS": f"{MESSENGERS}.Leaky", "OPTIONS": {"token": SECRET}}, "ValueError"),
        ("mailgun", {"CLASS": f"{MESSENGERS}.Paper"}, "name it"),
        ("S M S", {"CLASS": f"{MESSENGERS}.Paper"}, "name it"),
        (5, {"CLASS": f"{MESSENGERS}.Paper"}, "name it"),
    ],
)
def test_what_is_set_up_wrongly_says_what_to_type_and_quotes_no_secret(
    crm_notify_settings: Callable[..., None], name: Any, given: Any, said: str
) -> None:
    crm_notify_settings(CHANNELS={name: given})
    with pytest.raises(SettingsError) as error:
        channels()[name]()
    assert said in str(error.value)
    assert SECRET not in str(error.value)
    assert repeated() == {"email"}, "what cannot be read is sent once at most"


def test_mail_cannot_be_replaced(crm_notify_settings: Callable[..., None]) -> None:
    crm_notify_settings(CHANNELS={"email": {"CLASS": f"{MESSENGERS}.Paper"}})
    assert channels() == CHANNELS
    with pytest.raises(SettingsError, match="not after mail"):
        short_channel("email", {"CLASS": f"{MESSENGERS}.Paper"})


def test_only_who_says_so_is_repeated(crm_notify_settings: Callable[..., None]) -> None:
    crm_notify_settings(
        CHANNELS={
            "sms": {"CLASS": f"{MESSENGERS}.Paper"},
            "chat": {"CLASS": f"{MESSENGERS}.Again", "OPTIONS": {}},
        }
    )
    assert list(channels()) == ["email", "sms", "chat"]
    assert channels()["sms"]().provider_of("") == "sms"
    assert repeated() == {"email", "chat"}
