"""Each choice in the admin's lists is found by an index, however rare it is among millions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_notify.desk.candidates import candidates
from crm_notify.models import Event, Notification, Receipt

RECEIPTS = "/admin/crm_notify/receipt/"
EVENTS = "/admin/crm_notify/event/"
#: What nearly all are is no index's to find.
RARE = [verdict for verdict in Receipt.Verdict if verdict != Receipt.Verdict.UNSIGNED]
MANY = 1000


@pytest.fixture
def many(notification: Notification) -> None:
    """So much that all went well with, that the planner looks for the rest by an index."""
    now = timezone.now()
    Receipt.objects.bulk_create(
        Receipt(
            provider="sparkpost",
            via="tracking",
            body=b"",
            state="read",
            digest=str(number),
            received_at=now,
        )
        for number in range(MANY)
    )
    Event.objects.bulk_create(
        Event(
            notification=notification,
            kind="delivered",
            recipient=f"{number}@example.com",
            recorded_at=now,
            fingerprint=str(number),
        )
        for number in range(MANY)
    )
    with connection.cursor() as cursor:
        for table in ("receipt", "event", "notification", "attempt"):
            cursor.execute(f"ANALYZE crm_notify_{table}")
        # The notifications are few here.
        cursor.execute("SET LOCAL enable_seqscan = off")


def explained(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def plan_of(path: str, client: Client, table: str) -> str:
    """How the rows of a list are found."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    (sql,) = [
        query["sql"]
        for query in queries
        if f'FROM "{table}"' in query["sql"] and "COUNT(*)" not in query["sql"]
    ]
    return explained(sql)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("state=failed", "crm_notify_unreadable"),
        ("state=quarantine", "crm_notify_quarantined"),
        ("state=closed", "crm_notify_closed"),
        *((f"verdict={verdict}", "crm_notify_verdict") for verdict in RARE),
        ("provider=postmark", "crm_notify_received"),
    ],
)
def test_receipts(query: str, index: str, client: Client, alice: Any, many: None) -> None:
    client.force_login(alice)
    assert f"using {index} " in plan_of(f"{RECEIPTS}?{query}", client, "crm_notify_receipt")


@pytest.mark.parametrize("parked", ["waiting", "given_up", "closed"])
def test_parked_events(parked: str, client: Client, alice: Any, many: None) -> None:
    client.force_login(alice)
    assert "using crm_notify_parked" in plan_of(
        f"{EVENTS}?parked={parked}", client, "crm_notify_event"
    )


def test_what_a_parked_event_may_be_about(many: None) -> None:
    event = Event(recipient="John@example.com", message_id="7041", recorded_at="2026-01-01T00:00Z")
    with CaptureQueriesContext(connection) as queries:
        assert list(candidates(event, None)) == []
    # Which of the indexes comes first is the planner's business: it knows the tables' sizes.
    assert "Seq Scan" not in explained(queries[0]["sql"])


def one_of_many(user: Any) -> list[str]:
    return ["north"]


@pytest.mark.parametrize(
    ("model", "query", "index"),
    [
        ("notification", "", "crm_notify_failed_in"),
        ("notification", "?outcome=all", "crm_notify_notification_in"),
        ("event", "", "crm_notify_event_in"),
        ("receipt", "", "crm_notify_receipt_in"),
        ("alert", "", "crm_notify_alert_in"),
        ("activity", "", "crm_notify_activity_in"),
    ],
)
def test_lists_of_one_tenant(
    model: str,
    query: str,
    index: str,
    client: Client,
    alice: Any,
    many: None,
    crm_notify_settings: Callable[..., None],
) -> None:
    crm_notify_settings(TENANTS_OF=f"{__name__}.one_of_many")
    client.force_login(alice)
    plan = plan_of(f"/admin/crm_notify/{model}/{query}", client, f"crm_notify_{model}")
    assert f"using {index} " in plan
