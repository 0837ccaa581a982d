"""A changed secret is told to the admins; who guesses neither fills the database nor hides it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from crm_notify.models import Incident, Receipt
from crm_notify.steps import refuse as module
from crm_notify.steps.refuse import refuse
from tests.people import Clock

pytestmark = pytest.mark.django_db

URL = "/notify/webhooks/sparkpost/tracking/"


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    module.forget()
    yield
    module.forget()


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let a minute pass on the monotonic clock."""
    passed = [0.0]
    real = time.monotonic
    monkeypatch.setattr(module.time, "monotonic", lambda: real() + passed[0])

    def forward() -> None:
        passed[0] += 60

    return forward


def knock(client: Client, secret: str, url: str = URL) -> int:
    headers = {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
    body = b'[{"msys": {"message_event": {"type": "delivery"}}}]'
    return client.post(
        url, body, content_type="application/json", headers=headers if secret else {}
    ).status_code


def test_two_secrets_are_right_while_one_is_rotated_and_then_the_old_one_is_an_incident(
    client: Client, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(WEBHOOK_SECRETS=["new:secret", "old:secret"])
    assert [knock(client, f"{name}:secret") for name in ("old", "new", "other")] == [200, 200, 401]
    assert knock(client, "new:SECRET") == 401
    Receipt.objects.all().delete()
    Incident.objects.all().delete()
    module.forget()
    crm_notify_settings(WEBHOOK_SECRETS=["new:secret"])
    assert knock(client, "old:secret") == 401
    incident = Incident.objects.get()
    assert (incident.kind, incident.subject) == ("refused", "sparkpost tracking")
    assert "add the old one" in incident.sample


def test_a_burst_is_one_write_a_minute(
    client: Client,
    minute: Callable[[], None],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    knock(client, "wrong:secret")
    with django_assert_num_queries(0):
        for number in range(50):
            assert knock(client, f"wrong:{number}") == 401
    assert Incident.objects.get().count == 1
    minute()
    knock(client, "wrong:secret")
    assert Incident.objects.get().count == 52


def test_who_shows_no_credentials_costs_nothing(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert knock(client, "") == 401
    assert not Incident.objects.exists()


def test_guessing_does_not_hide_a_secret_that_was_changed(
    client: Client, clock: Clock, minute: Callable[[], None]
) -> None:
    assert knock(client, "provider:secret") == 200
    knock(client, "guess:1")
    assert Incident.objects.get().subject == "sparkpost tracking, beside right ones"
    clock.forward(minutes=61)
    minute()
    knock(client, "guess:2")
    subjects = Incident.objects.order_by("pk").values_list("subject", flat=True)
    assert list(subjects) == ["sparkpost tracking, beside right ones", "sparkpost tracking"]


def test_what_was_imported_does_not_say_that_the_secret_is_right(client: Client) -> None:
    knock(client, "provider:secret")
    Receipt.objects.update(verdict="imported")
    knock(client, "wrong:secret")
    assert Incident.objects.get().subject == "sparkpost tracking"


def test_guessing_at_one_webhook_does_not_hide_another(client: Client) -> None:
    for url in [URL, "/notify/webhooks/sparkpost/inbound/", "/notify/webhooks/postmark/tracking/"]:
        knock(client, "provider:secret" if url == URL else "wrong:secret", url)
        knock(client, "wrong:secret", url)
    assert sorted(Incident.objects.values_list("subject", flat=True)) == [
        "postmark tracking",
        "sparkpost inbound",
        "sparkpost tracking, beside right ones",
    ]


def test_many_at_once_are_all_counted(minute: Callable[[], None]) -> None:
    refuse("sparkpost", "tracking")
    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(module._due, [("sparkpost", "tracking")] * 200))
    assert set(counts) == {0}
    minute()
    refuse("sparkpost", "tracking")
    assert Incident.objects.get().count == 202
