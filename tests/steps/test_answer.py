"""What somebody who was warned says stops the clock for a time; only evidence closes anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_notify import api
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Activity, Alert, Notification, Preference
from crm_notify.signals import alert_closed
from crm_notify.steps.sweep import climb_further
from tests.people import Clock
from tests.steps.failing import arrive, fail, hear, standing

pytestmark = pytest.mark.django_db

Call = Callable[..., Activity]


@pytest.fixture
def failed(notification: Notification, janet: Any, bob: Any) -> Notification:
    """Janet is warned, and Bob stands in for her."""
    Preference.objects.create(user=janet, stand_in=bob)
    return fail(notification)


@pytest.fixture
def alert(failed: Notification) -> Alert:
    return Alert.objects.get()


def swept(clock: Clock, **by: float) -> list[str]:
    clock.forward(**by)
    climb_further(clock.now())
    return standing()


def test_to_acknowledge_holds_for_a_day_and_then_everybody_is_asked_anew(
    alert: Alert, janet: Any, clock: Clock
) -> None:
    acknowledged = api.acknowledge(alert, by=janet)
    assert acknowledged.acknowledged_at is not None
    assert swept(clock, hours=23) == ["actor janet"]
    again = api.acknowledge(alert, by=janet)
    assert again.acknowledged_at == acknowledged.acknowledged_at
    assert swept(clock, hours=2) == ["actor janet"]
    alert.refresh_from_db()
    assert (alert.acknowledged_at, alert.opened_at) == (None, alert.counts_from)
    assert swept(clock, minutes=16) == ["actor janet", "backup bob"]


def test_what_one_acknowledges_the_others_need_not_do(alert: Alert, bob: Any, clock: Clock) -> None:
    swept(clock, minutes=16)
    api.acknowledge(api.open_alerts(bob).get(), by=bob)
    Alert.objects.update(reported_at=clock.now())
    assert swept(clock, hours=5) == ["actor janet", "backup bob"]
    assert not Alert.objects.filter(reported_at=None).exists()


def test_to_put_it_off_ends_when_it_said_and_all_are_asked_anew(
    alert: Alert, janet: Any, clock: Clock
) -> None:
    swept(clock, hours=5)
    Alert.objects.update(reported_at=clock.now())
    until = clock.now() + timedelta(hours=2)
    put_off = api.snooze(alert, by=janet, until=until)
    assert (put_off.snoozed_until, put_off.due_at) == (until, until)
    assert swept(clock, minutes=119) == ["actor janet", "backup bob", "admins"]
    assert Alert.objects.filter(reported_at=None).count() == 0
    swept(clock, minutes=2)
    assert set(Alert.objects.values_list("snoozed_until", "reported_at")) == {(None, None)}
    assert Alert.objects.values("counts_from").distinct().count() == 1


def test_to_put_off_what_was_acknowledged_and_to_acknowledge_what_was_put_off(
    alert: Alert, janet: Any, clock: Clock
) -> None:
    api.acknowledge(alert, by=janet)
    until = clock.now() + timedelta(hours=2)
    assert api.snooze(alert, by=janet, until=until).acknowledged_at is None
    assert api.acknowledge(alert, by=janet).snoozed_until is None
    assert swept(clock, hours=23) == ["actor janet"]


@pytest.mark.parametrize("hours", [-1, 0, 25])
def test_to_put_it_off_into_the_past_or_for_long_is_refused(
    alert: Alert, janet: Any, clock: Clock, hours: int
) -> None:
    with pytest.raises(RefusedInput):
        api.snooze(alert, by=janet, until=clock.now() + timedelta(hours=hours))


def test_whose_warning_it_is_not_says_nothing_about_it(
    alert: Alert, bob: Any, alice: Any, clock: Clock
) -> None:
    until = clock.now() + timedelta(hours=1)
    with pytest.raises(NotAllowed):
        api.acknowledge(alert, by=bob)
    with pytest.raises(NotAllowed):
        api.snooze(alert, by=bob, until=until)
    with pytest.raises(NotAllowed):
        api.hand_over(alert, by=bob, to=bob)
    assert api.acknowledge(alert, by=alice).acknowledged_at is not None


@pytest.mark.django_db(transaction=True)
def test_who_hands_it_over_is_rid_of_it_and_the_other_has_his_time(
    alert: Alert, janet: Any, alice: Any, clock: Clock
) -> None:
    closed: list[str] = []

    def listen(alert: Alert, **kwargs: Any) -> None:
        closed.append(alert.closed)

    alert_closed.connect(listen)
    clock.forward(minutes=14)
    his = api.hand_over(alert, by=janet, to=alice)
    alert_closed.disconnect(listen)
    assert (his.person, his.role, his.notification) == (alice, "handed", alert.notification)
    assert closed == ["handed"]
    assert standing() == ["handed alice"]
    assert swept(clock, minutes=14) == ["handed alice"]
    assert swept(clock, minutes=2) == ["handed alice", "backup bob"]
    assert swept(clock, hours=4) == ["handed alice", "backup bob", "admins"]
    arrive(api.resend(alert.notification, by=alice))
    assert standing() == []
    assert Alert.objects.get(pk=alert.pk).closed == "handed"


def test_the_backup_to_whom_it_was_handed_is_not_asked_twice(
    alert: Alert, janet: Any, bob: Any, clock: Clock
) -> None:
    api.hand_over(alert, by=janet, to=bob)
    assert swept(clock, hours=1) == ["handed bob"]
    assert swept(clock, hours=4) == ["handed bob", "admins"]


def test_the_admins_hand_it_over_and_are_asked_again_when_nothing_comes_of_it(
    alert: Alert, alice: Any, clock: Clock
) -> None:
    swept(clock, hours=5)
    api.hand_over(Alert.objects.get(person=None), by=alice, to=alice)
    assert standing() == ["actor janet", "backup bob", "handed alice"]
    assert swept(clock, hours=1) == ["actor janet", "backup bob", "handed alice", "admins"]


def test_it_goes_to_somebody_who_is_there_and_was_not_warned(
    alert: Alert, janet: Any, bob: Any, clock: Clock
) -> None:
    swept(clock, minutes=16)
    for nobody in (bob, janet):
        with pytest.raises(RefusedInput):
            api.hand_over(alert, by=janet, to=nobody)
    gone = type(bob).objects.create_user("gone", is_active=False)
    with pytest.raises(RefusedInput):
        api.hand_over(alert, by=janet, to=gone)


def test_what_is_closed_is_not_handed_over(alert: Alert, janet: Any, alice: Any) -> None:
    arrive(api.resend(alert.notification, by=janet))
    with pytest.raises(RefusedInput):
        api.hand_over(alert, by=janet, to=alice)


def test_what_was_handed_over_and_settled_asks_her_again_when_it_fails_anew(
    alert: Alert, janet: Any, alice: Any
) -> None:
    api.hand_over(alert, by=janet, to=alice)
    again = api.resend(alert.notification, by=janet)
    arrive(again)
    assert standing() == []
    fail(again)
    assert standing() == ["actor janet"]


def test_an_acknowledgement_of_who_leaves_holds_nothing_up(
    alert: Alert, janet: Any, clock: Clock
) -> None:
    api.acknowledge(alert, by=janet)
    janet.is_active = False
    janet.save()
    hear(alert.notification, "deferred")
    assert standing() == ["actor janet", "backup bob"]


def test_the_recipients_own_eyes_are_the_best_evidence(
    failed: Notification, john: Any, bob: Any, alice: Any
) -> None:
    assert list(api.missed(john)) == [failed]
    assert not api.open_notification(failed, user=alice)
    assert api.mark_seen(failed.activity.target, user=bob) == 0
    assert standing() == ["actor janet"]
    assert api.open_notification(failed, user=john)
    assert api.open_notification(failed, user=john)
    assert standing() == []
    assert list(api.missed(john)) == []
    assert failed.events.filter(kind="seen").count() == 1
    fail(failed)
    assert (failed.outcome, standing()) == ("told", [])


def test_of_all_that_is_about_a_record_he_has_seen_what_he_opens(
    failed: Notification, call: Call, john: Any
) -> None:
    under_way = call().notifications.get()
    assert api.mark_seen(failed.activity.target, user=john) == 2
    under_way.refresh_from_db()
    assert under_way.outcome == "told"
    assert api.mark_seen(failed.activity.target, user=john) == 0
