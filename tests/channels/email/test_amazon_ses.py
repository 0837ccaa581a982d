"""Amazon SES, through boto3: its errors, and that a call is made once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from crm_notify.channels.email.channel import EmailSpeaker
from crm_notify.models import Attempt
from tests.channels.email.wires import WIRES
from tests.support.send_api import Reply, SendApi

Through = Callable[..., SendApi]
Speak = Callable[[], EmailSpeaker]
Make = Callable[..., Attempt]

BACKEND = "anymail.backends.amazon_ses.EmailBackend"


def error(status: int, name: str) -> Callable[..., Reply]:
    headers = {"x-amzn-errortype": name} if name else {}
    body = {"message": "No."} if name else b"<html>Bad gateway</html>"
    return lambda call: Reply(status=status, body=body, headers=headers)


@pytest.mark.parametrize(
    ("status", "name", "result", "blame"),
    [
        (429, "TooManyRequestsException", "later", "server"),
        (400, "LimitExceededException", "later", "server"),
        (400, "ThrottlingException", "later", "server"),
        (500, "InternalFailure", "later", "server"),
        (503, "ServiceUnavailable", "later", "server"),
        (502, "", "unknown", "server"),
        (504, "", "unknown", "server"),
        (400, "MessageRejected", "refused", "unknown"),
        (400, "BadRequestException", "refused", "unknown"),
        (400, "MailFromDomainNotVerifiedException", "refused", "sender"),
        (400, "SendingPausedException", "refused", "sender"),
        (403, "SignatureDoesNotMatch", "refused", "sender"),
        (403, "SomethingNewException", "refused", "sender"),
    ],
)
def test_each_error_means_one_thing_and_is_not_called_again(
    status: int,
    name: str,
    result: str,
    blame: str,
    through: Through,
    speaker: Speak,
    attempt: Make,
) -> None:
    server = through("amazon_ses", error(status, name))
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame, answer.code) == (result, blame, name or str(status))
    assert len(server.calls) == 1


def test_a_silent_service_may_have_taken_the_mail_and_is_asked_once(
    through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through(
        "amazon_ses", lambda call: Reply(silent=True), SEND_TIMEOUT=timedelta(seconds=0.5)
    )
    began = time.monotonic()
    assert speaker().send(attempt()).result == "unknown"
    assert time.monotonic() - began < 5
    assert len(server.calls) == 1


def test_a_service_that_hangs_up_may_have_taken_the_mail_and_is_asked_once(
    through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through("amazon_ses", lambda call: Reply(hang_up=True))
    assert speaker().send(attempt()).result == "unknown"
    assert len(server.calls) == 1


def test_the_hosts_own_config_holds_but_for_repeating_calls(
    settings: Settings, through: Through, speaker: Speak, attempt: Make
) -> None:
    server = through("amazon_ses", lambda call: Reply(silent=True))
    given: dict[str, Any] = settings.CRM_NOTIFY["MAILER"]["OPTIONS"]["client_params"]
    given["config"] = {"read_timeout": 0.5, "retries": {"total_max_attempts": 4}}
    assert speaker().send(attempt()).result == "unknown"
    assert len(server.calls) == 1


def test_a_service_that_cannot_be_reached_is_tried_later(
    mailer: Callable[..., None], speaker: Speak, attempt: Make
) -> None:
    options = WIRES["amazon_ses"].backend_options("http://127.0.0.1:9")
    mailer(BACKEND, options)
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("later", "server")


@pytest.mark.parametrize(
    "wrong",
    [
        {"region_name": None},
        {"aws_secret_access_key": None},
        {"aws_access_key_id": None, "aws_secret_access_key": None},
    ],
)
def test_a_missing_region_or_key_is_our_own_fault(
    wrong: dict[str, None],
    monkeypatch: pytest.MonkeyPatch,
    mailer: Callable[..., None],
    speaker: Speak,
    attempt: Make,
) -> None:
    # Nowhere else to find a key: no profile of the machine, no service that hands them out.
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    options = WIRES["amazon_ses"].backend_options("http://127.0.0.1:9")
    params = {**options["client_params"], **wrong}
    if "region_name" in wrong:
        del params["endpoint_url"]
    mailer(BACKEND, {"client_params": params})
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("refused", "sender"), answer
