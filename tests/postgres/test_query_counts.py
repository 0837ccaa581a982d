"""What it costs is counted: the size of a batch does not change the number of queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_notify import api
from crm_notify.models import Attempt, Notification
from crm_notify.steps import deliver as deliver_module
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from tests.crm.models import Customer
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def users(db: None) -> list[Any]:
    model = get_user_model()
    return model.objects.bulk_create(
        [model(username=f"user{i}", email=f"user{i}@example.com") for i in range(1000)]
    )


def record(janet: Any, contoso: Customer, users: list[Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        api.record_activity(
            actor=janet, verb="logged a call", target=contoso, recipients=users, key=str(len(users))
        )
    return len(queries)


def test_recording_costs_the_same_for_1_and_for_1000(
    janet: Any, contoso: Customer, users: list[Any]
) -> None:
    record(janet, contoso, [])  # content types are cached by Django
    one = record(janet, contoso, users[:1])
    assert record(janet, contoso, users) == one == 8
    assert Notification.objects.count() == 1001


def test_delivering_costs_the_same_but_for_one_write_a_message(
    janet: Any, contoso: Customer, users: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine a batch would be slow enough to be settled in parts.
    monkeypatch.setattr(deliver_module, "SETTLE_EVERY", 3600.0)
    api.installation()
    costs = []
    for size in (1, 100):
        record(janet, contoso, users[:size])
        with CaptureQueriesContext(connection) as queries:
            assert deliver() == size
        costs.append(len(queries))
    assert costs[1] - costs[0] == 99
    assert costs == [costs[0], costs[0] + 99]


def test_settling_a_webhook_costs_the_same_for_1_and_for_1000_events(
    janet: Any, contoso: Customer, users: list[Any], post: Callable[..., Any]
) -> None:
    api.installation()
    costs = []
    for size in (1, 1000):
        record(janet, contoso, users[:size])
        deliver()
        queued = Notification.objects.filter(outcome="in_flight")
        events = [
            sparkpost(token_of(row), "bounce", recipient=row.address, **UNKNOWN_USER)
            for row in queued
        ]
        assert len(events) == size
        assert post(events).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            interpret()
        costs.append(len(queries))
        assert not queued.all().exists()
    assert costs[0] == costs[1]
    assert Attempt.objects.filter(evidence=90).count() == 1001
