"""A provider's webhooks, posted as it posts them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from crm_notify.channels.signing import sign
from crm_notify.channels.webhooks import certificate
from crm_notify.conf import get_settings
from crm_notify.models import Attempt, Notification
from crm_notify.rules.token import Purpose
from tests.support import sns

AUTHORIZATION = "Basic " + base64.b64encode(b"provider:secret").decode()
_numbers = count(1)


def sparkpost(
    token: str, kind: str, *, recipient: str = "john@example.com", **fields: Any
) -> dict[str, Any]:
    """One of SparkPost's events, in its documented shape."""
    return {
        "msys": {
            "message_event": {
                "type": kind,
                "event_id": str(next(_numbers)),
                "transmission_id": f"transmission of {token}",
                "rcpt_to": recipient,
                "raw_rcpt_to": recipient,
                "rcpt_meta": {"crm_notify": token} if token else {},
                "timestamp": "1767225600",
                **fields,
            }
        }
    }


UNKNOWN_USER = {
    "bounce_class": "10",
    "error_code": "550",
    "raw_reason": "550 5.1.1 <john@example.com>: user unknown",
}


@pytest.fixture
def post(client: Client) -> Callable[[Iterable[dict[str, Any]]], HttpResponse]:
    """Post a batch to the intake, with the shared secret."""

    def send(events: Iterable[dict[str, Any]]) -> HttpResponse:
        return client.post(
            "/notify/webhooks/sparkpost/tracking/",
            json.dumps(list(events)),
            content_type="application/json",
            headers={"Authorization": AUTHORIZATION},
        )

    return send


def token_of(notification: Notification) -> str:
    """The token with which the last attempt travelled."""
    attempt = Attempt.objects.filter(notification=notification).latest("pk")
    return sign(attempt.pk, Purpose.NOTIFICATION, get_settings())


@pytest.fixture(scope="session")
def sns_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sns.Sns]:
    with sns.running(tmp_path_factory.mktemp("sns")) as server:
        yield server


@pytest.fixture
def amazon(sns_server: sns.Sns, monkeypatch: pytest.MonkeyPatch) -> Iterator[sns.Sns]:
    """Amazon SNS, which serves its certificate, as one that was never asked before."""
    sns.route(sns_server, monkeypatch)
    sns_server.answers.clear()
    sns_server.asked.clear()
    sns_server.delay = 0
    sns_server.serve(sns.CERTIFICATE, sns.issue("sns.amazonaws.com"))
    certificate.forget()
    yield sns_server
    certificate.forget()
