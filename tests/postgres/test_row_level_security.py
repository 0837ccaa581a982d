"""The database shows each tenant its own rows only, and the loop works all the same."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from crm_notify import api
from crm_notify.models import Activity, Incident, Notification
from crm_notify.steps.deliver import deliver
from crm_notify.steps.sweep import sweep
from crm_notify.steps.tracking import finish
from tests.crm.models import Customer
from tests.people import Clock
from tests.postgres.two_tenants import NAMES, SETTINGS, TwoTenants, people, person
from tests.support import row_level

pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[..., None]


@pytest.fixture
def two(
    transactional_db: None,
    crm_notify_settings: Change,
    settings: Any,
    clock: Clock,
    post: Callable[..., Any],
) -> Iterator[TwoTenants]:
    """Alpha and beta, whose people are there, under policies that hold."""
    host = row_level.documented()
    given = {
        "TENANT": f"{row_level.MODULE}.tenant_of_now",
        "TENANTS_OF": f"{row_level.MODULE}.tenants_of",
        "TENANT_SCOPE": f"{row_level.MODULE}.tenant_scope",
    }
    crm_notify_settings(**SETTINGS, **given)
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{row_level.MODULE}.TenantMiddleware"]
    people()
    with row_level.enforced():
        yield TwoTenants(host, clock, post)


def test_the_page_names_every_table_that_knows_a_tenant() -> None:
    assert row_level.named() == row_level.tables()


def test_the_loop_works_for_two_tenants_who_never_see_each_others_rows(two: TwoTenants) -> None:
    two.play()


def test_without_a_scope_nothing_is_there(two: TwoTenants) -> None:
    two.record()
    assert not Activity.objects.exists()
    assert not Customer.objects.exists()
    two.both(1, Activity, Customer)


#: Where a scope is entered, and what of it is left out.
PLACES = (
    "steps.record:scope_of",
    "steps.deliver:_send_batch",
    "steps.interpret:_interpret_one",
    "steps.sweep:scope",
    "steps.consult:scope",
    "steps.correct:scope",
    "channels.email.channel:scope",
    "views.intake:scope",
    "views.opening:scope",
    "views.unsubscribe:scope",
)


@pytest.mark.parametrize("place", PLACES)
def test_where_one_scope_is_forgotten_the_loop_breaks(
    place: str, two: TwoTenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, _, attribute = place.partition(":")
    module = importlib.import_module(f"crm_notify.{name}")
    entered = getattr(module, attribute)
    bare = getattr(entered, "__wrapped__", lambda tenant: nullcontext())
    monkeypatch.setattr(module, attribute, bare)
    play = partial(a_job_for_all, two) if name == "steps.record" else two.play
    with pytest.raises((AssertionError, DatabaseError)):
        play()


def a_job_for_all(two: TwoTenants) -> None:
    """It records for each tenant in turn, in the scope of none."""
    with two.host.tenant_scope("alpha"):
        customer = Customer.objects.create(name="alpha: Fabrikam", owner=person("john", "alpha"))
    two.act("alpha", customer, tenant="alpha")


def test_a_job_of_no_tenant_records_for_one(two: TwoTenants) -> None:
    a_job_for_all(two)
    assert two.host.now() == ""
    assert two.tables(Activity, Notification) == {"alpha": [1, 1], "beta": [0, 0]}


def test_each_thread_and_each_batch_enters_its_own(
    two: TwoTenants, crm_notify_settings: Change
) -> None:
    """Between two batches the connection is closed, and what was set on it is gone."""
    two.record()
    for tenant in NAMES:
        with two.host.tenant_scope(tenant):
            for number in range(3):
                two.act(tenant, Customer.objects.get(), key=f"more {number}")
    crm_notify_settings(BATCH_SIZE=1, THREADS=2)
    assert deliver() == 8


def test_a_worker_in_one_process_works_for_all(two: TwoTenants) -> None:
    two.record()
    call_command("crm_notify_worker", once=True, verbosity=0)
    two.both(1, Notification)
    with two.host.tenant_scope(None):
        assert set(Notification.objects.values_list("dispatch", flat=True)) == {"done"}


def test_what_a_host_recorded_in_a_transaction_that_failed_leaves_its_scope_as_it_was(
    two: TwoTenants,
) -> None:
    with two.host.tenant_scope("alpha"):
        customer = Customer.objects.create(name="alpha: Contoso", owner=person("john", "alpha"))
        with pytest.raises(DatabaseError):
            act_and_fail(two, customer)
        assert two.host.now() == "alpha"
        assert not Activity.objects.exists()
    assert two.host.now() == ""


@transaction.atomic
def act_and_fail(two: TwoTenants, customer: Customer) -> None:
    two.act("alpha", customer)
    with two.host.tenant_scope("beta"), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


def test_outside_a_transaction_nobody_works_on_with_what_could_not_be_restored(
    two: TwoTenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(tenant: str) -> None:
        raise DatabaseError("The server is stopping.")

    with two.host.tenant_scope("alpha"):
        monkeypatch.setitem(two.host.__dict__, "enter", fail)
    assert two.host.now() == ""


def test_where_the_tenant_cannot_be_asked_it_is_kept_for_those_who_see_all(
    two: TwoTenants, crm_notify_settings: Change
) -> None:
    with two.host.tenant_scope("alpha"):
        customer = Customer.objects.create(name="alpha: Contoso", owner=person("john", "alpha"))
        crm_notify_settings(TENANT="tests.postgres.test_row_level_security.lost")
        two.act("alpha", customer)
        assert two.host.now() == "alpha"
    two.both(0, Activity, Incident)
    with two.host.tenant_scope(None):
        assert Activity.objects.get().tenant == ""
        assert Incident.objects.get(kind="resolver").count == 1
        assert not Notification.objects.exists()


CUSTOMERS = {"crm.Customer": {"created": "added a customer", "tell": ["owner"]}}


def add_tracked(two: TwoTenants, clock: Clock) -> None:
    """A job of alpha's adds a customer; nobody finds in time who is to be told."""
    with two.host.tenant_scope("alpha"):
        Customer.objects.create(name="alpha: Fabrikam", owner=person("john", "alpha"))
    clock.forward(minutes=2)


def test_what_is_tracked_for_a_tenant_is_told_within_it(
    two: TwoTenants, crm_notify_settings: Change, clock: Clock
) -> None:
    crm_notify_settings(TRACK=CUSTOMERS)
    add_tracked(two, clock)
    sweep()
    assert two.tables(Activity, Notification) == {"alpha": [1, 1], "beta": [0, 0]}
    with two.host.tenant_scope(None):
        assert not Incident.objects.exists()


def test_a_tracked_record_that_the_database_hides_is_news_for_the_admins(
    two: TwoTenants, crm_notify_settings: Change, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm_notify_settings(TRACK=CUSTOMERS)
    add_tracked(two, clock)
    monkeypatch.setattr(finish, "scope_of", lambda tenant: two.host.tenant_scope("beta"))
    sweep()
    with two.host.tenant_scope(None):
        assert not Notification.objects.exists()
        told = Incident.objects.get(kind="tracking")
        assert told.subject == "crm.Customer: read"
        assert "row-level security hides it" in told.sample


def lost() -> str:
    """A host's function on a bad day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant FROM nowhere")
    return "alpha"


def test_one_part_of_the_sweep_that_cannot_enter_stops_nothing_else(
    two: TwoTenants, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    two.record()
    monkeypatch.setitem(two.host.__dict__, "now", lambda: 1 / 0)
    sweep()
    assert "a part of the sweep failed" in caplog.text
    monkeypatch.undo()


def test_another_tenants_rows_cannot_be_written(two: TwoTenants) -> None:
    with two.host.tenant_scope("alpha"):
        customer = Customer.objects.create(name="alpha: Contoso")
        Activity.objects.create(
            verb="called", target_id=customer.pk, recorded_at="2026-01-01T00:00Z", tenant="alpha"
        )
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Activity.objects.create(
                verb="called", target_id="1", recorded_at="2026-01-01T00:00Z", tenant="beta"
            )
    assert api.installation().name == "tests"
