"""Tracked changes, with real connections: two that flush at once, and what each part costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crm_notify import api
from crm_notify.models import Activity, Notification
from crm_notify.steps.sweep import sweep
from crm_notify.steps.tracking.acting import serving
from crm_notify.steps.tracking.finish import end_request, finish
from tests.people import Clock
from tests.postgres.test_races import side_by_side
from tests.sales.models import Account, Call, Team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme(john: Any, crm_notify_settings: Callable[..., None]) -> Account:
    """John's account; calls about it are tracked."""
    entry = {
        "on": "account",
        "created": "logged a call",
        "changed": ["outcome", "participants"],
        "tell": ["account.team.members"],
    }
    crm_notify_settings(TRACK={"sales.Call": entry})
    ContentType.objects.get_for_models(Call, Account)
    return Account.objects.create(name="Acme", owner=john, team=Team.objects.create(name="North"))


@pytest.fixture
def team(acme: Account) -> Callable[[int], None]:
    """Make the team so large."""
    model = get_user_model()
    users = model.objects.bulk_create([model(username=f"user{i}") for i in range(100)])
    assert acme.team is not None
    members = acme.team.members

    def grow(size: int) -> None:
        members.set(users[:size])

    return grow


def test_of_two_who_flush_at_once_one_wins(
    acme: Account, team: Callable[[int], None], clock: Clock
) -> None:
    team(3)
    for number in range(1, 6):
        Call.objects.create(account=acme)
        pending = Activity.objects.latest("pk").pk
        side_by_side(4, lambda pending=pending: finish([pending]))  # type: ignore[misc]
        assert Notification.objects.count() == 3 * number
        assert not Activity.objects.exclude(resolve_at=None).exists()


def test_the_sweep_and_the_commit_at_once_tell_once(
    acme: Account, team: Callable[[int], None], clock: Clock
) -> None:
    team(3)
    for _ in range(10):
        Call.objects.create(account=acme)
    clock.forward(seconds=10)
    side_by_side(3, sweep)
    sweep()
    assert Notification.objects.count() == 30
    assert not Activity.objects.exclude(resolve_at=None).exists()


def test_who_is_held_by_another_is_left_to_him(
    acme: Account, team: Callable[[int], None], caplog: pytest.LogCaptureFixture
) -> None:
    team(1)
    Call.objects.create(account=acme)
    pending = Activity.objects.get().pk

    def try_it() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        finish([pending])

    with transaction.atomic():
        Activity.objects.select_for_update().get()
        side_by_side(1, try_it)
        assert not Notification.objects.exists()
    assert "is found later" not in caplog.text
    finish([pending])
    assert Notification.objects.count() == 1


def count(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_a_tracked_save_and_its_flush_cost_the_same_for_1_and_for_100_recipients(
    acme: Account, team: Callable[[int], None], janet: Any
) -> None:
    creating, unchanged, changing, flushing, flushed = [], [], [], [], []
    for size in (1, 100):
        team(size)
        with serving(lambda: janet) as request:
            call = Call(account=acme)
            creating.append(count(call.save))
            unchanged.append(count(call.save))
            flushing.append(count(lambda: end_request(request)))
        assert Activity.objects.latest("pk").notifications.count() == size
        with serving(lambda: janet) as request:
            call.outcome = "won"
            changing.append(count(call.save))
            flushed.append(count(lambda: end_request(request)))
        assert Activity.objects.latest("pk").notifications.count() == size
    # The save itself; then BEGIN, the activity, COMMIT.
    assert creating == [4, 4]
    # The save itself; the columns before and after it.
    assert unchanged == [3, 3]
    # All of these.
    assert changing == [6, 6]
    # Nineteen and one for each relation of the path, whoever is told.
    assert flushing == flushed == [23, 23]


def test_a_path_costs_the_same_however_many_records_lie_on_it(
    acme: Account, john: Any, crm_notify_settings: Callable[..., None]
) -> None:
    entry = {"created": True, "tell": ["account.calls.participants"]}
    crm_notify_settings(TRACK={"sales.Call": entry})
    costs = []
    for size in (1, 20):
        with api.untracked():
            for _ in range(size):
                Call.objects.create(account=acme).participants.add(john)
        Call.objects.create(account=acme)
        pending = Activity.objects.latest("pk").pk
        costs.append(count(lambda: finish([pending])))  # noqa: B023
        assert Activity.objects.latest("pk").notifications.count() == 1
    assert costs[0] == costs[1]


def test_within_a_transaction_it_costs_savepoints_more(
    acme: Account, team: Callable[[int], None]
) -> None:
    team(1)
    costs: list[int] = []
    with transaction.atomic():
        call = Call.objects.create(account=acme)
        call.outcome = "won"
        costs.append(count(call.save))
        call.outcome = "lost"
        costs.append(count(call.save))
        Call.objects.filter(pk=call.pk).update(outcome="open")
    # The save itself, two looks, the user and the write: each of the four in a savepoint.
    assert costs == [13, 13]
