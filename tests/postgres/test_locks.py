"""Who waits for whom: everybody locks in one order, and what is hot makes nobody wait."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, connections, transaction

from crm_notify import api
from crm_notify.exceptions import CrmNotifyError
from crm_notify.models import Activity, Alert, Attempt, Incident, Notification
from crm_notify.querysets import lock_chains
from crm_notify.steps.claim import claim
from crm_notify.steps.conclude import conclude
from crm_notify.steps.deliver import deliver
from crm_notify.steps.incident import note_incident
from crm_notify.steps.interpret import interpret
from crm_notify.steps.receive import receive
from crm_notify.steps.sweep import climb_further, repeat_unknown, sweep
from tests.people import Clock
from tests.play.news import NEWS, tracked

pytestmark = pytest.mark.django_db(transaction=True)

Elsewhere = Callable[..., "Future[Any]"]


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """Do something on another connection, which never waits long for a lock."""
    with ThreadPoolExecutor(4) as pool:

        def do(act: Callable[..., Any], *args: Any, **given: Any) -> Future[Any]:
            def run() -> Any:
                try:
                    with connection.cursor() as cursor:
                        cursor.execute("SET lock_timeout = '4s'")
                    return act(*args, **given)
                finally:
                    connections.close_all()

            return pool.submit(run)

        yield do


def until_it_waits() -> None:
    """Until somebody waits for a lock of ours."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.fixture
def failed(call: Callable[..., Activity], john: Any) -> Notification:
    john.email = ""
    john.save()
    notification = call().notifications.get()
    deliver()
    john.email = "john@example.com"
    john.save()
    return notification


@pytest.mark.parametrize("by", ["its own worker", "the sweep"])
def test_who_ends_a_resend_locks_its_chain_from_the_first(
    failed: Notification, janet: Any, elsewhere: Elsewhere, clock: Clock, by: str
) -> None:
    """Else he would hold the resend and wait for the first; settle does it the other way."""
    again = api.resend(failed, by=janet)
    (attempt,) = claim(channel="email", provider_of=lambda tenant: "sparkpost", limit=1)
    attempt.result = "accepted"
    attempt.save()
    clock.forward(minutes=2)
    with transaction.atomic():
        Notification.objects.select_for_update(no_key=True).get(pk=failed.pk)
        done = elsewhere(conclude, [attempt]) if by == "its own worker" else elsewhere(sweep)
        until_it_waits()
        Notification.objects.select_for_update(no_key=True, nowait=True).get(pk=again.pk)
        Attempt.objects.select_for_update(no_key=True, nowait=True).get(pk=attempt.pk)
    done.result()
    again.refresh_from_db()
    assert again.dispatch == "done"


def test_a_warning_that_is_closed_meanwhile_goes_to_no_admin(
    failed: Notification, janet: Any, elsewhere: Elsewhere, clock: Clock
) -> None:
    clock.forward(minutes=16)
    with transaction.atomic():
        lock_chains([failed.pk])
        done = elsewhere(climb_further, clock.now())
        until_it_waits()
        api.state_told(failed, by=janet, how="by phone")
    done.result()
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_save_that_counts_on_an_incident_makes_no_other_wait(elsewhere: Elsewhere) -> None:
    note_incident(Incident.Kind.RESOLVER, subject="x")
    with transaction.atomic():
        note_incident(Incident.Kind.RESOLVER, subject="x")
        elsewhere(note_incident, Incident.Kind.RESOLVER, subject="x").result()
    assert Incident.objects.get().count == 2
    note_incident(Incident.Kind.RESOLVER, subject="x")
    assert Incident.objects.get().count == 3


def test_the_sweep_passes_over_what_is_being_settled(
    call: Callable[..., Activity], john: Any, bob: Any, elsewhere: Elsewhere, clock: Clock
) -> None:
    call(recipients=[john, bob])
    for attempt in claim(channel="email", provider_of=lambda tenant: "sparkpost", limit=2):
        attempt.result = "unknown"
        conclude([attempt])
    clock.forward(minutes=11)
    with transaction.atomic():
        lock_chains([Notification.objects.get(recipient=john).pk])
        elsewhere(repeat_unknown, clock.now()).result()
    assert dict(Notification.objects.values_list("recipient__username", "dispatch")) == {
        "john": "unknown",
        "bob": "queued",
    }


def test_whatever_happens_at_once_nobody_waits_in_a_ring(
    call: Callable[..., Activity],
    john: Any,
    bob: Any,
    alice: Any,
    elsewhere: Elsewhere,
    caplog: Any,
) -> None:
    def act(chance: random.Random, number: int) -> None:
        row = chance.choice(Notification.objects.order_by("pk"))
        attempt = row.attempts.last()
        match chance.choice(["post", "post", "work", "work", "sweep", "see", "resend", "close"]):
            case "post" if attempt is not None:
                receive(tracked(attempt, chance.choice([*NEWS]), named=True, number=number))
            case "work":
                interpret()
                deliver()
            case "sweep":
                sweep()
            case "see":
                api.mark_seen(row.activity.target, user=bob)
            case "resend":
                api.resend(row, by=alice, address=f"a{number}@example.com")
            case "close":
                api.close(row, by=alice, reason="enough")

    def play(seed: int) -> None:
        chance = random.Random(seed)
        for number in range(30):
            with suppress(CrmNotifyError):
                act(chance, 1000 * seed + number)

    for _ in range(3):
        call(recipients=[john, bob])
    for done in [elsewhere(play, seed) for seed in range(1, 5)]:
        done.result()
    # Steps that try again by themselves only say it in the log.
    assert not [record for record in caplog.records if record.exc_info]
    accepted = Attempt.objects.filter(result="accepted").values_list("notification", flat=True)
    assert len(accepted) == len(set(accepted))
