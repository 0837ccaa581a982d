"""The channel itself: what stands between a letter and a back end, and what receivers may do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from anymail.exceptions import AnymailCancelSend
from anymail.signals import post_send, pre_send
from django.db import transaction
from pytest_django import Settings

from crm_notify.channels.base import refuse_in_transaction
from crm_notify.channels.email import EmailChannel
from crm_notify.channels.email.channel import EmailSpeaker
from crm_notify.channels.registry import CHANNELS
from crm_notify.exceptions import SendInTransaction
from crm_notify.models import Attempt
from tests.channels.email import hooks
from tests.support.send_api import Reply, SendApi

Through = Callable[..., SendApi]
Use = Callable[..., None]
Speak = Callable[[], EmailSpeaker]
Make = Callable[..., Attempt]


@contextmanager
def receiving(signal: Any, receiver: Callable[..., None]) -> Iterator[None]:
    signal.connect(receiver, weak=False)
    try:
        yield
    finally:
        signal.disconnect(receiver)


def fail(**kwargs: Any) -> None:
    raise RuntimeError("A bug in the host's receiver.")


def test_mail_is_the_one_channel() -> None:
    assert list(CHANNELS) == ["email"]
    assert CHANNELS["email"] is EmailChannel


@pytest.mark.django_db
def test_nothing_is_sent_while_a_transaction_is_open(
    through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through("sparkpost")
    with pytest.raises(SendInTransaction, match='"default"'):
        speaker().send(attempt())
    assert server.calls == []


@pytest.mark.django_db(transaction=True)
def test_after_the_transaction_it_may_be_sent() -> None:
    with transaction.atomic(), pytest.raises(SendInTransaction):
        refuse_in_transaction()
    refuse_in_transaction()


def test_a_receiver_that_fails_after_the_provider_took_the_mail_changes_nothing(
    through: Through, speaker: Speak, attempt: Make, caplog: pytest.LogCaptureFixture
) -> None:
    through("sparkpost")
    with receiving(post_send, fail), caplog.at_level(logging.ERROR):
        answer = speaker().send(attempt())
    assert (answer.result, answer.message_id) == ("accepted", "11668787484950529")
    assert "A bug in the host's receiver." in caplog.text


def test_a_receiver_that_fails_after_a_refusal_changes_nothing_either(
    through: Through, speaker: Speak, attempt: Make
) -> None:
    body = [{"email": "john@example.com", "status": "rejected", "_id": "abc"}]
    through("mandrill", lambda call: Reply(body=body))
    with receiving(post_send, fail):
        answer = speaker().send(attempt())
    assert (answer.result, answer.blame, answer.message_id) == ("refused", "policy", "abc")


def test_a_mail_that_a_receiver_cancels_is_a_visible_failure(
    through: Through, speaker: Speak, attempt: Make
) -> None:
    def cancel(**kwargs: Any) -> None:
        raise AnymailCancelSend

    server = through("sparkpost")
    with receiving(pre_send, cancel):
        answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("refused", "sender")
    assert "cancelled" in answer.text
    assert server.calls == []


def test_a_feature_that_the_provider_lacks_is_our_own_fault(
    through: Through, speaker: Speak, attempt: Make
) -> None:
    def ask_too_much(message: Any, **kwargs: Any) -> None:
        message.envelope_sender = "bounces@crm.example"

    server = through("resend")
    with receiving(pre_send, ask_too_much):
        answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("refused", "sender")
    assert "envelope_sender" in answer.text
    assert server.calls == []


@pytest.mark.parametrize(
    ("backend", "result", "blame"),
    [
        ("Refused", "later", "server"),
        ("Reset", "unknown", "server"),
        ("Broken", "refused", "sender"),
        ("TakesNone", "refused", "unknown"),
        ("TakesAll", "accepted", ""),
        ("DoesNotClose", "accepted", ""),
    ],
)
def test_a_back_end_of_the_hosts_own_is_believed(
    backend: str, result: str, blame: str, mailer: Use, attempt: Make
) -> None:
    mailer(f"tests.channels.email.hooks.{backend}", {})
    channel = EmailChannel()
    with channel.open() as speak:
        answer = speak.send(attempt())
    assert (answer.result, answer.blame) == (result, blame)
    assert channel.provider_of("") == "unknown"


def test_of_an_unknown_back_end_only_the_header_carries_the_token(
    mailer: Use, speaker: Speak, attempt: Make
) -> None:
    mailer("tests.channels.email.hooks.TakesAll", {})
    speaker().send(attempt())
    letter = hooks.TakesAll.last
    assert letter.extra_headers["X-CRM-Notification"].startswith("bounce-na")
    assert letter.from_email == '"Janet Smith" <janet@crm.example>'
    for name in ("metadata", "tags", "envelope_sender", "esp_extra"):
        assert not hasattr(letter, name)


def test_a_back_end_that_does_not_exist_is_our_own_fault(
    mailer: Use, speaker: Speak, attempt: Make
) -> None:
    mailer("acme.mail.Backend", {})
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("refused", "sender")


def test_a_broken_template_is_our_own_fault_and_is_logged(
    settings: Settings,
    through: Through,
    speaker: Speak,
    attempt: Make,
    tmp_path: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = tmp_path / "crm_notify" / "email"
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text("{% nonsense %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    server = through("sparkpost")
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("refused", "sender")
    assert "nonsense" in answer.text
    assert "cannot write the mail" in caplog.text
    assert server.calls == []
