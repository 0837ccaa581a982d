"""What people do about a failure, and what each may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import mail

from crm_notify import api
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Activity, Alert, Notification
from crm_notify.signals import (
    alert_closed,
    alert_opened,
    notification_failed,
    notification_told,
)
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def failed(notification: Notification, post: Callable[..., Any]) -> Notification:
    """John's notification, bounced."""
    deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    interpret()
    notification.refresh_from_db()
    return notification


def may(user: Any, name: str) -> Any:
    user.user_permissions.add(Permission.objects.get(codename=name))
    return type(user).objects.get(pk=user.pk)


def test_acknowledging_stops_the_clock_and_closes_nothing(failed: Notification, janet: Any) -> None:
    alert = api.acknowledge(api.open_alerts(janet).get(), by=janet)
    assert alert.acknowledged_at is not None
    assert alert.due_at is not None
    assert alert.due_at - alert.acknowledged_at == timedelta(days=1)
    assert alert.closed_at is None


def test_nobody_acknowledges_for_another(failed: Notification, janet: Any, bob: Any) -> None:
    with pytest.raises(NotAllowed):
        api.acknowledge(api.open_alerts(janet).get(), by=bob)


def test_it_is_sent_again_to_the_address_of_today(
    failed: Notification, janet: Any, john: Any
) -> None:
    john.email = "jon@example.com"
    john.save()
    again = api.resend(failed, by=janet)
    assert (again.address, again.chain, again.previous) == ("jon@example.com", failed, failed)
    deliver()
    assert mail.outbox[-1].to == ['"John" <jon@example.com>']


def test_another_address_needs_the_permission(failed: Notification, janet: Any) -> None:
    with pytest.raises(NotAllowed, match="another address"):
        api.resend(failed, by=janet, address="jon@example.com")
    janet = may(janet, "resend_elsewhere")
    assert api.resend(failed, by=janet, address=" jon@example.com ").address == "jon@example.com"


@pytest.mark.parametrize(
    "address", ["jon@", "a@b.example\nBcc: x@y.example", "a@b.c, d@e.f", '"\x01"@b.example']
)
def test_what_is_no_address_is_refused(failed: Notification, alice: Any, address: str) -> None:
    with pytest.raises(RefusedInput, match="is not an address"):
        api.resend(failed, by=alice, address=address)
    assert Notification.objects.count() == 1


def test_a_second_click_returns_what_is_under_way(failed: Notification, janet: Any) -> None:
    again = api.resend(failed, by=janet)
    assert api.resend(failed, by=janet) == again
    assert again.requested_by == janet


def test_a_correction_is_not_lost_to_what_is_under_way(failed: Notification, alice: Any) -> None:
    again = api.resend(failed, by=alice)
    corrected = api.resend(failed, by=alice, address="jon@example.com")
    assert corrected != again
    assert corrected.address == "jon@example.com"


def test_without_its_recipient_it_goes_where_it_went(
    failed: Notification, janet: Any, john: Any
) -> None:
    john.delete()
    failed.refresh_from_db()
    assert api.resend(failed, by=janet).address == "john@example.com"


@pytest.mark.parametrize("act", ["resend", "state_told", "close"])
def test_a_stranger_may_do_nothing(failed: Notification, bob: Any, act: str) -> None:
    given = {"resend": {}, "state_told": {"how": "by phone"}, "close": {"reason": "why not"}}[act]
    with pytest.raises(NotAllowed):
        getattr(api, act)(failed, by=bob, **given)


def test_nobody_acts_once_he_is_deactivated(failed: Notification, janet: Any) -> None:
    janet.is_active = False
    with pytest.raises(NotAllowed):
        api.resend(failed, by=janet)


def test_whoever_was_warned_may_act(failed: Notification, bob: Any) -> None:
    now = failed.created_at
    Alert.objects.create(chain=failed, notification=failed, person=bob, opened_at=now, due_at=now)
    api.state_told(failed, by=bob, how="I met him")
    failed.refresh_from_db()
    assert failed.outcome == "told"


def test_a_statement_closes_the_alert_and_a_bounce_does_not_undo_it(
    failed: Notification, janet: Any, post: Callable[..., Any]
) -> None:
    event = api.state_told(failed, by=janet, how="I phoned him")
    assert (event.author_name, event.text) == ("Janet Smith", "I phoned him")
    post([sparkpost(token_of(failed), "out_of_band", **UNKNOWN_USER)])
    interpret()
    failed.refresh_from_db()
    assert failed.outcome == "told"
    assert api.past_alerts(janet).get().closed == "told"


def test_a_statement_says_how(failed: Notification, janet: Any) -> None:
    with pytest.raises(RefusedInput):
        api.state_told(failed, by=janet, how=" \x00 ")


def test_an_admin_closes_with_a_reason(failed: Notification, janet: Any, alice: Any) -> None:
    with pytest.raises(RefusedInput):
        api.close(failed, by=alice, reason="")
    api.close(failed, by=alice, reason="The deal is off")
    failed.refresh_from_db()
    assert failed.outcome == "closed"
    assert api.past_alerts(janet).get().closed == "by_admin"
    with pytest.raises(RefusedInput, match="nothing to close"):
        api.close(failed, by=alice, reason="Once more")


def test_opening_the_record_is_the_best_evidence(
    failed: Notification, john: Any, bob: Any, janet: Any
) -> None:
    record = failed.activity.target
    assert api.mark_seen(record, user=bob) == 0
    assert api.mark_seen(record, user=john) == 1
    assert api.mark_seen(record, user=john) == 0
    failed.refresh_from_db()
    assert failed.outcome == "told"
    assert not api.open_alerts(janet).exists()


def test_what_was_seen_before_it_was_sent_is_not_sent(
    notification: Notification, john: Any
) -> None:
    api.mark_seen(notification.activity.target, user=john)
    assert deliver() == 0
    notification.refresh_from_db()
    assert (notification.dispatch, notification.outcome) == ("cancelled", "told")


def test_a_resend_that_fails_too_asks_again_who_had_acknowledged(
    failed: Notification, janet: Any, post: Callable[..., Any], clock: Clock
) -> None:
    first = api.acknowledge(api.open_alerts(janet).get(), by=janet)
    again = api.resend(failed, by=janet)
    deliver()
    post([sparkpost(token_of(again), "bounce", **UNKNOWN_USER)])
    interpret()
    alert = api.open_alerts(janet).get()
    assert (alert.pk, alert.notification, alert.acknowledged_at) == (first.pk, again, None)
    assert alert.due_at is not None


def test_a_failure_of_the_systems_own_act_stands_in_front_of_the_admins(
    call: Callable[..., Activity], post: Callable[..., Any]
) -> None:
    notification = call(actor=None).notifications.get()
    deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    interpret()
    assert Alert.objects.get().person is None


def test_signals_tell_the_host_once_and_a_broken_receiver_harms_nobody(
    notification: Notification, post: Callable[..., Any], janet: Any
) -> None:
    heard: list[str] = []

    def listener(name: str) -> Callable[..., None]:
        def listen(**kwargs: Any) -> None:
            heard.append(name)
            raise ZeroDivisionError

        return listen

    signals = {
        "failed": notification_failed,
        "told": notification_told,
        "opened": alert_opened,
        "closed": alert_closed,
    }
    listeners = {name: listener(name) for name in signals}
    for name, signal in signals.items():
        signal.connect(listeners[name])
    try:
        deliver()
        event = sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)
        for _ in range(3):
            post([event])
        interpret()
        assert heard == ["failed", "opened"]
        api.state_told(notification, by=janet, how="by phone")
        assert heard == ["failed", "opened", "told", "closed"]
    finally:
        for name, signal in signals.items():
            signal.disconnect(listeners[name])
