"""Sinks: the host's own bell rings when a warning opens, comes again and closes; none is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import get_language

from crm_notify import api
from crm_notify.exceptions import SendInTransaction
from crm_notify.models import Activity, Alert, Notification, SinkCall
from crm_notify.rules.evidence import Kind
from crm_notify.steps import owe as owe_step
from crm_notify.steps import ring as module
from crm_notify.steps import sweep as sweep_step
from crm_notify.steps.ring import ring
from crm_notify.steps.settle import settle
from crm_notify.steps.sweep import sweep
from crm_notify.steps.testify import verdict
from tests.crm.models import Customer
from tests.people import Clock
from tests.steps import bells
from tests.steps.bells import BROKEN, FAILED, KEEPS, WORKS, rung, tell
from tests.steps.failing import fail

pytestmark = pytest.mark.django_db(transaction=True)

Settings = Callable[..., None]


@pytest.fixture(autouse=True)
def _silence() -> None:
    rung.clear()


@pytest.fixture
def sinks(crm_notify_settings: Settings) -> Callable[..., None]:
    def change(*paths: str, **given: Any) -> None:
        crm_notify_settings(SINKS=list(paths), **given)

    return change


Sinks = Callable[..., None]


def test_a_bell_rings_when_a_warning_opens_and_goes_out_when_it_is_closed(
    notification: Notification, sinks: Sinks
) -> None:
    sinks(WORKS)
    fail(notification)
    assert rung == []
    assert ring() == 1
    tell(notification)
    assert ring() == 1
    assert rung == [FAILED, ("janet", "John was told", False)]
    assert not SinkCall.objects.exists()
    assert ring() == 0


def test_it_rings_again_where_a_doubt_has_become_certain(
    notification: Notification, sinks: Sinks
) -> None:
    sinks(WORKS)
    fail(notification)
    ring()
    fail(api.resend(notification, by=notification.activity.actor))
    ring()
    assert rung == [FAILED, FAILED]
    assert Alert.objects.count() == 1


def test_it_rings_again_for_whom_is_asked_anew_and_for_who_is_next(
    notification: Notification, sinks: Sinks, janet: Any, clock: Clock
) -> None:
    sinks(WORKS)
    fail(notification)
    api.acknowledge(api.open_alerts(janet).get(), by=janet)
    ring()
    clock.forward(hours=25)
    sweep()
    clock.forward(hours=4)
    sweep()
    ring()
    assert rung == [FAILED, FAILED, ("admins", "John was not told", True)]


def test_what_is_handed_over_goes_out_here_and_rings_there(
    notification: Notification, sinks: Sinks, janet: Any, bob: Any
) -> None:
    sinks(WORKS)
    fail(notification)
    ring()
    api.hand_over(api.open_alerts(janet).get(), by=janet, to=bob)
    ring()
    away = ("janet", "John has not been told yet", False)
    assert rung[1:] == [away, ("bob", "John was not told", True)]


def test_what_is_closed_with_a_reason_goes_out(
    notification: Notification, sinks: Sinks, alice: Any
) -> None:
    sinks(WORKS)
    fail(notification)
    api.close(notification, by=alice, reason="He left.")
    ring()
    # Opened and closed before anybody rang: the bell hears of it once, as it is.
    assert rung == [("janet", "John was not told; this was closed", False)]


def test_nothing_is_owed_where_the_failure_is_rolled_back(
    notification: Notification, sinks: Sinks
) -> None:
    sinks(WORKS)
    with transaction.atomic():
        fail(notification)
        transaction.set_rollback(True)
    assert ring() == 0


def test_what_comes_while_a_bell_rings_is_rung_as_well(
    notification: Notification, sinks: Sinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bells, "keep", bells.slowly(lambda: tell(notification)))
    sinks(KEEPS)
    fail(notification)
    assert ring() == 2
    assert rung == [FAILED, ("janet", "John was told", False)]


def test_two_who_ring_at_once_call_each_sink_once(
    notification: Notification, sinks: Sinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    second: list[int] = []
    monkeypatch.setattr(bells, "keep", bells.slowly(lambda: second.append(ring())))
    sinks(KEEPS)
    fail(notification)
    read = list(SinkCall.objects.select_related("alert"))
    # Both have read it before either took it.
    monkeypatch.setattr(module, "_due", lambda conf: read)
    assert ring() == 1
    assert second == [0]
    assert rung == [FAILED]


def test_a_sink_may_write_to_the_hosts_tables_in_its_own_transaction(
    notification: Notification, sinks: Sinks, janet: Any
) -> None:
    sinks(KEEPS)
    fail(notification)
    ring()
    bell = Customer.objects.get(name__startswith="bell")
    assert bell.owner == janet
    tell(notification)
    ring()
    bell.refresh_from_db()
    assert bell.owner is None


def test_it_never_rings_inside_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(SendInTransaction):
        ring()


def test_it_rings_in_the_language_of_whoever_is_warned(
    notification: Notification, sinks: Sinks, crm_notify_settings: Settings, settings: Any
) -> None:
    crm_notify_settings(SINKS=["tests.steps.test_ring.speak"], LANGUAGE="tests.steps.test_ring.of")
    fail(notification)
    ring()
    assert rung == [("janet", "de", True)]


def of(user: Any) -> str:
    return "de" if user.username == "janet" else "en"


def speak(alert: Alert) -> None:
    rung.append(("janet", get_language(), True))


def test_a_sink_named_twice_is_called_once(notification: Notification, sinks: Sinks) -> None:
    sinks(WORKS, WORKS)
    fail(notification)
    assert ring() == 1


def test_without_sinks_nothing_is_owed_and_nothing_asked(
    notification: Notification, django_assert_num_queries: Any
) -> None:
    fail(notification)
    with django_assert_num_queries(0):
        assert ring() == 0


def test_the_sweep_wakes_whoever_rings(
    notification: Notification, sinks: Sinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(owe_step, "wake", woken.append)
    monkeypatch.setattr(sweep_step, "wake", woken.append)
    sinks(WORKS)
    fail(notification)
    assert woken == ["ring"]
    sweep()
    assert woken == ["ring", "ring"]
    ring()
    sweep()
    assert woken == ["ring", "ring"]


@pytest.mark.parametrize("number", [1, 7])
def test_owing_costs_one_query_however_many_failed(
    number: int, call: Callable[..., Activity], sinks: Sinks
) -> None:
    def cost() -> int:
        ids = [call().notifications.get().pk for _ in range(number)]
        for pk in ids:
            Notification.objects.filter(pk=pk).update(dispatch="done")
            bounce(pk)
        with CaptureQueriesContext(connection) as queries:
            settle(ids)
        return len(queries)

    without = cost()
    sinks(WORKS, BROKEN)
    assert cost() == without + 1


def bounce(pk: int) -> None:
    verdict((pk, ""), Kind.UNCONFIRMED, now=timezone.now()).save()


@pytest.mark.parametrize("number", [1, 7])
def test_ringing_costs_one_read_and_two_writes_for_each_call(
    number: int, call: Callable[..., Activity], sinks: Sinks, django_assert_num_queries: Any
) -> None:
    sinks(WORKS)
    for _ in range(number):
        fail(call().notifications.get())
    take, (begin, delete, commit) = 1, (1, 1, 1)
    with django_assert_num_queries(1 + number * (take + begin + delete + commit) + 1):
        assert ring() == number
    assert rung == [FAILED] * number
