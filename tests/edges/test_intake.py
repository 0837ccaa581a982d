"""The intake: secret, body, signature, store, answer; hostile requests are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client

from crm_notify import api
from crm_notify.models import Incident, Receipt
from crm_notify.steps import receive as receive_step
from crm_notify.steps import refuse
from tests.posts import AUTHORIZATION, sparkpost

pytestmark = pytest.mark.django_db

URL = "/notify/webhooks/sparkpost/tracking/"


def send(client: Client, body: bytes | str, url: str = URL, **headers: str) -> HttpResponse:
    return client.post(
        url,
        body,
        content_type="application/json",
        headers={"Authorization": AUTHORIZATION, **headers},
    )


def test_a_receipt_is_kept_byte_for_byte_before_anybody_reads_it(client: Client) -> None:
    body = b'[{"msys": {"message_event": {"type": "new"}}}] '
    response = send(client, body, **{"X-Api-Key": "secret", "User-Agent": "SparkPost"})
    assert response.status_code == 200
    receipt = Receipt.objects.get()
    assert bytes(receipt.body) == body
    assert (receipt.provider, receipt.via, receipt.state) == ("sparkpost", "tracking", "new")
    assert receipt.headers["user-agent"] == "SparkPost"
    assert not {"authorization", "x-api-key", "cookie"} & set(receipt.headers)


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic d3Jvbmc6c2VjcmV0", "Basic %%%", "Bearer secret", "Basic /w==", "Basic "],
)
def test_a_wrong_secret_is_refused_and_nothing_kept(client: Client, authorization: str) -> None:
    refuse.forget()
    headers = {"Authorization": authorization} if authorization else {}
    response = client.post(URL, b"[1]", content_type="application/json", headers=headers)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")
    assert not Receipt.objects.exists()
    assert Incident.objects.filter(kind="refused").exists() == bool(authorization)


def test_two_secrets_are_valid_while_one_is_rotated(
    client: Client, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(WEBHOOK_SECRETS=["new:secret", "provider:secret"])
    assert send(client, b"[1]").status_code == 200


def test_without_a_secret_everything_is_refused(
    client: Client, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(WEBHOOK_SECRETS=[])
    assert send(client, b"[1]", Authorization="Basic Og==").status_code == 401


@pytest.mark.parametrize("body", ["", " ", "{}", "null"])
def test_a_body_that_holds_nothing_is_sent_away_to_come_again(client: Client, body: str) -> None:
    assert send(client, body).status_code == 503
    assert Incident.objects.get().kind == "empty"
    assert not Receipt.objects.exists()


def test_a_ping_has_its_answer_and_is_not_kept(client: Client) -> None:
    assert send(client, '[{"msys": {}}]').status_code == 200
    assert not Receipt.objects.exists()


def test_an_oversize_body_is_refused(
    client: Client, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(TRACKING_LIMIT=10)
    assert send(client, b"[" + b"1" * 10).status_code == 413
    incident = Incident.objects.get()
    assert (incident.kind, incident.subject) == ("unreadable", "sparkpost")
    assert "more than 10 bytes" in incident.sample
    assert send(client, b"[" + b"1" * 8 + b"]").status_code == 200


@pytest.mark.parametrize("url", ["scaleway/tracking/", "sparkpost/elsewhere/", "x/tracking/"])
def test_what_nobody_receives_is_not_found(client: Client, url: str) -> None:
    assert send(client, b"[1]", f"/notify/webhooks/{url}").status_code == 404


def test_other_methods(client: Client) -> None:
    assert client.head(URL).status_code == 200
    assert client.get(URL).status_code == 200
    assert client.put(URL).status_code == 405


def test_a_provider_that_drops_on_503_is_asked_in_its_own_way(client: Client) -> None:
    response = send(client, "{}", "/notify/webhooks/brevo/tracking/")
    assert response.status_code == 429


def test_a_former_name_of_a_provider_is_kept_under_todays(client: Client) -> None:
    body = json.dumps({"event": "delivered", "email": "john@example.com"})
    assert send(client, body, "/notify/webhooks/sendinblue/tracking/").status_code == 200
    assert Receipt.objects.get().provider == "brevo"


def test_a_forged_signature_is_refused_and_kept_in_quarantine(
    client: Client, settings: Any
) -> None:
    settings.ANYMAIL = {"MAILERSEND_SIGNING_SECRET": "secret"}
    url = "/notify/webhooks/mailersend/tracking/"
    body = json.dumps({"type": "activity.sent", "data": {"email": {"id": "1"}}})
    for _ in range(2):
        assert send(client, body, url, Signature="0" * 64).status_code == 503
    assert Incident.objects.get().kind == "signature"
    receipt = Receipt.objects.get()
    assert (receipt.state, receipt.verdict, receipt.due_at) == ("quarantine", "wrong", None)
    assert "MAILERSEND_SIGNING_SECRET" in receipt.error


def test_a_forger_cannot_fill_the_database(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ANYMAIL = {"MAILERSEND_SIGNING_SECRET": "secret"}
    monkeypatch.setattr(receive_step, "QUARANTINE", 3)
    for number in range(5):
        body = json.dumps({"type": "activity.sent", "data": {"email": {"id": number}}})
        send(client, body, "/notify/webhooks/mailersend/tracking/", Signature="0" * 64)
    assert Receipt.objects.count() == 3


def test_a_closed_intake_sends_a_provider_away_to_come_again(client: Client) -> None:
    api.close_intake(by="Alice", reason="the provider is broken")
    assert send(client, b"[1]").status_code == 503
    assert not Receipt.objects.exists()
    api.open_intake(by="Alice")
    assert send(client, b"[1]").status_code == 200


def test_a_missing_key_is_an_incident_that_names_the_setting(client: Client) -> None:
    url = "/notify/webhooks/mailersend/tracking/"
    assert send(client, '{"type": "activity.sent"}', url, Signature="0").status_code == 503
    assert "MAILERSEND_SIGNING_SECRET" in Incident.objects.get().sample


def test_with_the_database_down_the_provider_is_asked_to_come_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("the database is down")

    monkeypatch.setattr(receive_step.Receipt, "save", down)
    assert send(client, json.dumps([sparkpost("", "bounce")])).status_code == 503


def test_a_chunked_body_without_a_length_is_read_where_the_server_ends_it(
    client: Client,
) -> None:
    body = json.dumps([sparkpost("", "bounce")]).encode()
    response = client.generic(
        "POST",
        URL,
        b"",
        content_type="application/json",
        headers={"Authorization": AUTHORIZATION},
        **{"wsgi.input_terminated": True, "CONTENT_LENGTH": "", "wsgi.input": BytesIO(body)},
    )
    assert response.status_code == 200
    assert bytes(Receipt.objects.get().body) == body
