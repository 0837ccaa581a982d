"""What a host has in its tables comes through an upgrade."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

pytestmark = pytest.mark.django_db(transaction=True)

Migrate = Callable[[str], Any]
KINDS = ("Notification", "Attempt", "Event", "Alert", "Correction", "Suppression", "Receipt")


@pytest.fixture
def migrate() -> Iterator[Migrate]:
    """Go to a migration, and have the models as they were then."""

    def go(name: str) -> Any:
        executor = MigrationExecutor(connection)
        executor.migrate([("crm_notify", name)])
        return executor.loader.project_state([("crm_notify", name)]).apps

    yield go
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes("crm_notify")
    MigrationExecutor(connection).migrate(latest)


def loop(apps: Any, tenant: str) -> None:
    """A mail that bounced, with all that came of it, as it stood before rows knew their tenant."""
    now = timezone.now()
    make = {name: apps.get_model("crm_notify", name).objects.create for name in KINDS}
    activity = apps.get_model("crm_notify", "Activity").objects.create(
        verb="called", target_id="1", tenant=tenant, recorded_at=now
    )
    row = make["Notification"](
        activity=activity, address=f"john@{tenant}.example", outcome="failed", **times(now)
    )
    attempt = make["Attempt"](notification=row, lease_until=now, claimed_at=now)
    receipt = make["Receipt"](
        provider="sparkpost", body=b"", received_at=now, state="read", digest=tenant
    )
    for number in range(2):
        event = make["Event"](
            notification=row,
            attempt=attempt,
            receipt=receipt,
            recorded_at=now,
            fingerprint=f"{tenant} {number}",
        )
    make["Alert"](chain=row, notification=row, opened_at=now, due_at=now)
    make["Correction"](notification=row, new="jon@example.com", proposed_at=now)
    make["Suppression"](address=row.address, evidence=event, notification=row, since=now)


def times(now: Any) -> dict[str, Any]:
    return {"created_at": now, "changed_at": now}


def tenants(apps: Any) -> dict[str, list[str]]:
    return {
        name: sorted(
            set(apps.get_model("crm_notify", name).objects.values_list("tenant", flat=True))
        )
        for name in KINDS
    }


def test_rows_get_the_tenant_of_their_activity(migrate: Migrate) -> None:
    before = migrate("0003_ladder")
    for name in ("north", "south", ""):
        loop(before, name)
    after = migrate("0004_tenants")
    assert tenants(after) == {name: ["", "north", "south"] for name in KINDS}
    assert after.get_model("crm_notify", "Event").objects.filter(tenant="north").count() == 2


def test_what_belongs_to_nobody_stays_so(migrate: Migrate) -> None:
    """A request about two tenants' mail, news that is parked, an address without its mail."""
    before = migrate("0003_ladder")
    loop(before, "north")
    loop(before, "south")
    events = before.get_model("crm_notify", "Event").objects
    both = before.get_model("crm_notify", "Receipt").objects.earliest("pk")
    events.update(receipt=both)
    events.create(recorded_at=timezone.now(), fingerprint="parked")
    suppressions = before.get_model("crm_notify", "Suppression").objects
    suppressions.update(notification=None)
    after = migrate("0004_tenants")
    found = tenants(after)
    assert (found["Receipt"], found["Suppression"]) == ([""], [""])
    assert found["Event"] == ["", "north", "south"]


def test_a_host_without_tenants_has_nothing_to_copy(migrate: Migrate) -> None:
    loop(migrate("0003_ladder"), "")
    assert tenants(migrate("0004_tenants")) == {name: [""] for name in KINDS}
