"""Alerts: somebody who is still there can see each failure, and is told of it once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from crm_notify import api
from crm_notify.exceptions import NotAllowed
from crm_notify.models import Activity, Alert, Attempt, Notification
from crm_notify.signals import alert_opened
from crm_notify.steps import sweep as module
from crm_notify.steps.claim import claim
from crm_notify.steps.deliver import deliver
from crm_notify.steps.sweep import sweep
from tests.people import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def failed(call: Callable[..., Activity], john: Any) -> Notification:
    """John has no address, so Janet is warned."""
    john.email = ""
    john.save()
    notification = call().notifications.get()
    deliver()
    notification.refresh_from_db()
    assert notification.outcome == "failed"
    return notification


@pytest.mark.parametrize("acknowledged", [True, False])
def test_what_stood_before_somebody_who_has_left_stands_before_the_admins(
    failed: Notification, janet: Any, acknowledged: bool
) -> None:
    if acknowledged:
        api.acknowledge(api.open_alerts(janet).get(), by=janet)
    sweep()
    assert Alert.objects.count() == 1
    janet.is_active = False
    janet.save()
    sweep()
    sweep()
    assert Alert.objects.get(person=None).closed_at is None
    assert Alert.objects.count() == 2


def test_an_only_admin_who_acted_himself_is_warned_once_as_himself_and_once_as_admin(
    call: Callable[..., Activity], alice: Any, john: Any, clock: Clock
) -> None:
    john.email = ""
    john.save()
    failed = call(actor=alice).notifications.get()
    deliver()
    clock.forward(minutes=16)
    sweep()
    assert set(Alert.objects.values_list("person", flat=True)) == {alice.pk, None}
    api.state_told(failed, by=alice, how="by phone")
    assert not Alert.objects.filter(closed_at=None).exists()


def test_the_host_hears_when_it_stands_before_the_admins(
    failed: Notification, clock: Clock
) -> None:
    heard: list[Alert] = []

    def listen(alert: Alert, **kwargs: Any) -> None:
        heard.append(alert)

    alert_opened.connect(listen)
    try:
        clock.forward(minutes=16)
        sweep()
        sweep()
    finally:
        alert_opened.disconnect(listen)
    assert [alert.person for alert in heard] == [None]


def test_an_anonymous_visitor_is_nobody(failed: Notification, janet: Any) -> None:
    """His missing id is that of the admins' alerts."""
    janet.delete()
    sweep()
    alert = Alert.objects.get(person=None)
    visitor = AnonymousUser()
    with pytest.raises(NotAllowed):
        api.acknowledge(alert, by=visitor)
    with pytest.raises(NotAllowed):
        api.resend(failed, by=visitor)
    with pytest.raises(NotAllowed):
        api.state_told(failed, by=visitor, how="by phone")
    with pytest.raises(NotAllowed):
        api.close(failed, by=visitor, reason="why not")
    assert not api.open_alerts(visitor).exists()
    assert not api.past_alerts(visitor).exists()
    record: Any = failed.activity.target
    assert api.mark_seen(record, user=visitor) == 0


def test_who_has_left_acknowledges_nothing(failed: Notification, janet: Any) -> None:
    janet.is_active = False
    with pytest.raises(NotAllowed):
        api.acknowledge(Alert.objects.get(), by=janet)


@pytest.fixture
def lost(call: Callable[..., Activity], john: Any, bob: Any, clock: Clock) -> list[Attempt]:
    """What a worker left that was killed while it held two leases."""
    call(recipients=[john, bob])
    attempts = claim(channel="email", provider_of=lambda tenant: "sparkpost", limit=2)
    clock.forward(minutes=2)
    return attempts


def poison(part: Callable[..., None], bad: int) -> Callable[..., None]:
    def poisoned(ids: Sequence[Any], **more: Any) -> None:
        if bad in [getattr(item, "pk", item) for item in ids]:
            raise ZeroDivisionError
        part(ids, **more)

    return poisoned


def test_one_row_that_cannot_be_dealt_with_stops_no_other(
    lost: list[Attempt], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "conclude", poison(module.conclude, lost[0].pk))
        sweep()
    assert f"cannot deal with {lost[0].pk}" in caplog.text
    left = dict(Attempt.objects.values_list("pk", "result"))
    assert left == {lost[0].pk: "claimed", lost[1].pk: "released"}
    sweep()
    assert set(Attempt.objects.values_list("result", flat=True)) == {"released"}


def test_a_part_with_nothing_but_one_such_row_is_said_to_have_failed(
    lost: list[Attempt], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    Notification.objects.exclude(pk=lost[0].notification_id).delete()
    monkeypatch.setattr(module, "conclude", poison(module.conclude, lost[0].pk))
    sweep()
    assert "a part of the sweep failed: end_lost_leases" in caplog.text
