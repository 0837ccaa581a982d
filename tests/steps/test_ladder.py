"""The ladder is climbed until somebody acts, and nobody who may act is passed over for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from crm_notify import api
from crm_notify.models import Activity, Alert, Notification, Preference, Reach
from crm_notify.rules.evidence import Kind
from crm_notify.signals import alert_closed, alert_opened, escalated
from crm_notify.steps.climb import _business_time
from crm_notify.steps.settle import settle
from crm_notify.steps.sweep import climb_further, sweep, warn_of_orphans
from tests.people import Clock
from tests.steps.failing import arrive, fail, hear, standing

pytestmark = pytest.mark.django_db

Change = Callable[..., None]
Call = Callable[..., Activity]

EVERYBODY = ["actor janet", "backup bob", "admins"]


@pytest.fixture
def stand_in(janet: Any, bob: Any) -> Any:
    """Bob acts for Janet when she does not."""
    Preference.objects.create(user=janet, stand_in=bob)
    return bob


@pytest.fixture
def failed(notification: Notification) -> Notification:
    """Janet's message to John has failed."""
    return fail(notification)


def swept(clock: Clock, **by: float) -> list[str]:
    """Let time pass and the sweep look; returns before whom it stands then."""
    clock.forward(**by)
    climb_further(clock.now())
    return standing()


def test_it_goes_from_the_actor_to_the_backup_to_the_admins_and_begins_anew_each_day(
    stand_in: Any, failed: Notification, clock: Clock
) -> None:
    assert standing() == ["actor janet"]
    assert swept(clock, minutes=14) == ["actor janet"]
    assert swept(clock, minutes=2) == ["actor janet", "backup bob"]
    assert swept(clock, hours=3) == ["actor janet", "backup bob"]
    assert swept(clock, hours=1) == EVERYBODY
    Alert.objects.update(reported_at=clock.now())
    assert swept(clock, hours=23) == EVERYBODY
    assert not Alert.objects.filter(reported_at=None).exists()
    assert swept(clock, hours=2) == EVERYBODY
    assert not Alert.objects.exclude(reported_at=None).exists()
    assert Alert.objects.filter(due_at__gt=clock.now()).count() == 3


def test_however_long_the_sweep_stood_still_nothing_is_lost(
    stand_in: Any, failed: Notification, clock: Clock
) -> None:
    assert swept(clock, days=9) == EVERYBODY
    assert swept(clock, days=-20) == EVERYBODY
    assert swept(clock, days=40) == EVERYBODY


def test_news_that_changes_nothing_puts_no_deadline_off(failed: Notification, clock: Clock) -> None:
    for _ in range(3):
        clock.forward(minutes=4)
        hear(failed, Kind.DEFERRED)
    assert swept(clock, minutes=4) == ["actor janet", "admins"]
    due = Alert.objects.latest("pk").due_at
    clock.forward(hours=5)
    hear(failed, Kind.DEFERRED)
    assert Alert.objects.latest("pk").due_at == due


def test_while_she_is_away_her_backup_is_asked_at_once(
    stand_in: Any, notification: Notification, janet: Any
) -> None:
    now = timezone.now()
    Preference.objects.update(away_from=now - timedelta(days=1), away_until=now + timedelta(days=1))
    fail(notification)
    assert standing() == ["backup bob"]


def test_where_nobody_is_left_the_admins_are_asked_at_once(
    call: Call, janet: Any, john: Any
) -> None:
    by_the_system = call(actor=None).notifications.get()
    fail(by_the_system)
    assert standing() == ["admins"]
    Alert.objects.all().delete()
    janet.is_active = False
    janet.save()
    fail(call().notifications.get())
    assert standing() == ["admins"]


def test_who_leaves_after_he_was_warned_is_passed_over_then(
    stand_in: Any, failed: Notification, janet: Any, clock: Clock
) -> None:
    janet.is_active = False
    janet.save()
    warn_of_orphans(clock.now())
    assert standing() == ["actor janet", "backup bob"]
    stand_in.is_active = False
    stand_in.save()
    warn_of_orphans(clock.now())
    assert standing() == EVERYBODY


def test_a_ladder_that_names_nobody_for_it_ends_before_the_admins_all_the_same(
    notification: Notification, crm_notify_settings: Change
) -> None:
    crm_notify_settings(LADDER=[{"act": "backup"}])
    fail(notification)
    assert standing() == ["admins"]


def test_only_business_hours_count_but_for_what_is_urgent(
    stand_in: Any, call: Call, crm_notify_settings: Change, clock: Clock
) -> None:
    later = clock.now() + timedelta(days=3)
    crm_notify_settings(
        BUSINESS_HOURS={"days": f"{later:%a}", "from": "00:00", "to": "23:59", "zone": "UTC"}
    )
    normal = fail(call().notifications.get())
    urgent = fail(call(urgency="urgent").notifications.get())
    clock.forward(hours=5)
    climb_further(clock.now())
    assert Alert.objects.filter(chain=normal).count() == 1
    assert Alert.objects.filter(chain=urgent).count() == 3
    clock.forward(days=4)
    climb_further(clock.now())
    assert Alert.objects.filter(chain=normal).count() == 3


def test_a_host_with_naive_times_has_business_hours_too(
    settings: Any, crm_notify_settings: Change
) -> None:
    start = timezone.make_naive(timezone.now())
    assert _business_time(start, timedelta(hours=1)) == start + timedelta(hours=1)
    crm_notify_settings(BUSINESS_HOURS={"days": "mon-sun", "from": "00:00", "to": "23:59"})
    after = _business_time(start, timedelta(hours=1))
    assert timezone.is_naive(after)
    assert timedelta(hours=1) <= after - start <= timedelta(minutes=61)


@pytest.fixture
def phones(john: Any, crm_notify_settings: Change) -> None:
    """John has two telephones, and a channel that nobody has set up."""
    crm_notify_settings(CHANNELS={"sms": {"CLASS": "tests.nowhere.Sms"}})
    for place, (channel, address) in enumerate(
        [("pager", "1"), ("sms", "+49 30 1"), ("sms", "+49 30 2")]
    ):
        Reach.objects.create(user=john, channel=channel, address=address, place=place)


def short_messages() -> list[Notification]:
    return list(Notification.objects.exclude(channel="email").order_by("pk"))


def test_what_is_urgent_goes_out_by_each_other_way_in_order_and_once(
    phones: None, call: Call, clock: Clock, john: Any
) -> None:
    mail = fail(call(urgency="urgent").notifications.get())
    (first,) = short_messages()
    assert (first.address, first.channel, first.chain) == ("+49 30 1", "sms", mail)
    assert (first.previous, first.recipient, first.recipient_name) == (mail, john, "John")
    settle([mail.pk])
    assert swept(clock, hours=5) == ["actor janet", "admins"]
    assert len(short_messages()) == 1

    fail(first)
    assert [message.address for message in short_messages()] == ["+49 30 1", "+49 30 2"]
    # What people are warned of is the mail, not the way around it.
    assert set(Alert.objects.values_list("notification", flat=True)) == {mail.pk}
    fail(short_messages()[1])
    settle([mail.pk])
    assert len(short_messages()) == 2


def test_a_short_message_that_arrives_closes_everybodys_alert(phones: None, call: Call) -> None:
    fail(call(urgency="urgent").notifications.get())
    arrive(short_messages()[0])
    assert standing() == []
    assert Alert.objects.get().closed == "told"


def test_what_is_not_urgent_waits_for_his_morning(
    phones: None, call: Call, crm_notify_settings: Change, john: Any, clock: Clock
) -> None:
    crm_notify_settings(
        CHANNELS={"sms": {}}, LADDER=[{"act": "actor"}, {"act": "fallback"}, {"act": "admins"}]
    )
    now = clock.now()
    Preference.objects.create(
        user=john,
        time_zone="UTC",
        quiet_from=(now - timedelta(hours=1)).time(),
        quiet_until=(now + timedelta(hours=1)).time(),
    )
    fail(call().notifications.get())
    assert standing() == ["actor janet", "admins"]
    assert short_messages() == []
    swept(clock, minutes=59)
    assert short_messages() == []
    swept(clock, minutes=2)
    assert len(short_messages()) == 1


def test_somebody_of_whom_only_the_name_is_left_has_no_other_way(
    phones: None, call: Call, john: Any
) -> None:
    notification = call(urgency="urgent").notifications.get()
    john.delete()
    notification.refresh_from_db()
    fail(notification)
    assert short_messages() == []
    assert standing() == ["actor janet"]


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What the host hears, in order."""
    said: list[str] = []

    def listener(name: str) -> Callable[..., None]:
        def listen(alert: Alert, **kwargs: Any) -> None:
            said.append(f"{name} {alert.person or 'admins'}")

        return listen

    signals = {"opened": alert_opened, "escalated": escalated, "closed": alert_closed}
    listeners = {name: listener(name) for name in signals}
    for name, signal in signals.items():
        signal.connect(listeners[name])
    yield said
    for name, signal in signals.items():
        signal.disconnect(listeners[name])


@pytest.mark.django_db(transaction=True)
def test_the_host_hears_of_every_step_once(
    stand_in: Any, notification: Notification, heard: list[str], clock: Clock, janet: Any
) -> None:
    fail(notification)
    assert heard == ["opened janet"]
    clock.forward(minutes=16)
    sweep()
    sweep()
    assert heard[1:] == ["opened bob", "escalated bob"]
    api.acknowledge(api.open_alerts(janet).get(), by=janet)
    clock.forward(hours=23)
    sweep()
    assert len(heard) == 3
    clock.forward(hours=2)
    sweep()
    assert heard[3:] == ["opened janet", "opened bob"]
    api.state_told(notification, by=janet, how="by telephone")
    assert heard[5:] == ["closed janet", "closed bob"]


def test_a_second_failure_asks_anew_whoever_had_acknowledged_the_first(
    stand_in: Any, failed: Notification, janet: Any, clock: Clock
) -> None:
    api.acknowledge(api.open_alerts(janet).get(), by=janet)
    Alert.objects.update(reported_at=clock.now())
    again = api.resend(failed, by=janet, address=failed.address)
    clock.forward(hours=1)
    fail(again)
    alert = api.open_alerts(janet).get()
    assert (alert.notification, alert.acknowledged_at, alert.reported_at) == (again, None, None)
    assert alert.due_at == alert.counts_from + timedelta(minutes=15)
    assert swept(clock, minutes=16) == ["actor janet", "backup bob"]


def test_a_second_failure_gives_no_more_time_to_who_has_not_looked_at_the_first(
    stand_in: Any, failed: Notification, janet: Any, clock: Clock
) -> None:
    again = api.resend(failed, by=janet, address=failed.address)
    clock.forward(minutes=10)
    fail(again)
    assert swept(clock, minutes=6) == ["actor janet", "backup bob"]
