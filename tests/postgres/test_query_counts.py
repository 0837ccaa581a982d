"""What it costs is counted: the size of a batch does not change the number of queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_notify import api
from crm_notify.models import Alert, Attempt, Event, Incident, Notification, Reach, Suppression
from crm_notify.steps import deliver as deliver_module
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.settle import settle
from crm_notify.steps.sweep import climb_further
from tests.crm.models import Customer
from tests.people import Clock
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
    janet: Any,
    contoso: Customer,
    users: list[Any],
    post: Callable[..., Any],
    crm_notify_settings: Callable[..., None],
) -> None:
    crm_notify_settings(FOLD_ABOVE=5000)
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
        assert Suppression.objects.count() == size
        Suppression.objects.all().delete()
    assert costs[0] == costs[1]
    assert Attempt.objects.filter(evidence=90).count() == 1001


@pytest.fixture
def failed(
    janet: Any, contoso: Customer, users: list[Any], crm_notify_settings: Callable[..., None]
) -> Callable[[int], list[Notification]]:
    """So many failures, each of another cause, each with a telephone beside the mail."""
    crm_notify_settings(CHANNELS={"sms": {}}, LADDER=LADDER)
    Reach.objects.bulk_create(
        [Reach(user=user, channel="sms", address=user.username) for user in users]
    )

    def fail(size: int) -> list[Notification]:
        key = f"failed {size}"
        told = api.record_activity(
            actor=janet, verb="logged a call", target=contoso, recipients=users[:size], key=key
        )
        rows = list(told.notifications.order_by("pk"))
        Event.objects.bulk_create(
            Event(
                notification=row,
                kind="bounced",
                evidence=90,
                blame="mailbox",
                recorded_at=timezone.now(),
                fingerprint=f"{key} {row.pk}",
            )
            for row in rows
        )
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(dispatch="done")
        return rows

    return fail


LADDER = [{"act": "actor"}, {"act": "fallback"}, {"act": "admins", "after": timedelta(hours=4)}]


def count(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_warning_of_failures_and_climbing_on_cost_the_same_for_1_and_for_200(
    failed: Callable[[int], list[Notification]], clock: Clock
) -> None:
    warning, climbing = [], []
    for size in (1, 200):
        rows = [row.pk for row in failed(size)]
        warning.append(count(partial(settle, rows)))
        assert Notification.objects.filter(channel="sms", chain__in=rows).count() == size
        clock.forward(hours=5)
        climbing.append(count(lambda: climb_further(clock.now())))
        assert Alert.objects.filter(person=None, chain__in=rows).count() == size
        Alert.objects.all().delete()
    assert warning[0] == warning[1]
    assert climbing[0] == climbing[1]


def test_folding_costs_the_same_for_30_and_for_300(
    failed: Callable[[int], list[Notification]],
) -> None:
    costs = []
    for size in (30, 300):
        rows = [row.pk for row in failed(size)]
        Event.objects.filter(notification__in=rows).update(blame="policy")
        costs.append(count(partial(settle, rows)))
        assert Alert.objects.exclude(incident=None).count() == size
        Alert.objects.all().delete()
        Incident.objects.all().delete()
    assert costs[0] == costs[1]


def test_a_correction_and_a_closed_incident_cost_the_same_for_1_and_for_200(
    janet: Any, john: Any, alice: Any, contoso: Customer
) -> None:
    now = timezone.now()
    correcting, closing = [], []
    for size in (1, 200):
        for number in range(size):
            record_one(janet, contoso, john, key=f"{size} {number}")
        fresh = Notification.objects.filter(outcome="in_flight")
        fresh.update(dispatch="done", outcome="failed", evidence=90, blame="policy", due_at=None)
        rows = list(Notification.objects.filter(outcome="failed", previous=None))
        right = partial(api.correct, rows[0], by=alice, address="jon@example.com")
        correcting.append(count(right))
        assert Notification.objects.filter(address="jon@example.com").count() == size
        Notification.objects.exclude(previous=None).delete()
        incident = Incident.objects.create(
            kind="failures", subject=str(size), first_at=now, last_at=now
        )
        Alert.objects.bulk_create(
            Alert(
                chain=row,
                notification=row,
                person=janet,
                incident=incident,
                opened_at=now,
                due_at=now,
            )
            for row in rows
        )
        closing.append(count(partial(api.close_incident, incident, by=alice)))
        assert Notification.objects.exclude(previous=None).count() == size
        Notification.objects.all().delete()
        type(john).objects.filter(pk=john.pk).update(email="john@example.com")
        john.refresh_from_db()
    assert correcting[0] == correcting[1]
    assert closing[0] == closing[1]


def record_one(janet: Any, contoso: Customer, john: Any, *, key: str) -> None:
    api.record_activity(
        actor=janet, verb="logged a call", target=contoso, recipients=[john], key=key
    )
