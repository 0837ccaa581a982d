"""What is known decides, and not the order in which it became known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from crm_notify import api
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Activity, Alert, Attempt, Event, Notification
from crm_notify.rules.news import Posted
from crm_notify.steps.alert import look_again
from crm_notify.steps.claim import claim
from crm_notify.steps.conclude import conclude
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.receive import receive
from crm_notify.steps.sweep import sweep
from tests.people import Clock
from tests.play.news import mailed, tracked

pytestmark = pytest.mark.django_db(transaction=True)

numbers = count(1)


def state(notification: Notification) -> tuple[str, str]:
    notification.refresh_from_db()
    return notification.dispatch, notification.outcome


def hear(*news: Posted) -> None:
    for posted in news:
        receive(posted)
        interpret()


def news(notification: Notification, kind: str) -> Posted:
    attempt = notification.attempts.latest("pk")
    return tracked(attempt, kind, named=True, number=next(numbers))


def mail(notification: Notification, kind: str) -> Posted:
    """A mail that names no attempt, only the notification's Message-ID."""
    attempt = notification.attempts.latest("pk")
    return mailed(attempt, kind, named=False, number=next(numbers))


def ended(notification: Notification, result: str, **fields: Any) -> Attempt:
    """A call, made by hand."""
    (attempt,) = claim(channel="email", provider_of=lambda tenant: "sparkpost", limit=1)
    attempt.result, attempt.begun_at = result, attempt.claimed_at
    for name, value in fields.items():
        setattr(attempt, name, value)
    attempt.save()
    conclude([attempt])
    return attempt


@pytest.mark.parametrize("seen_first", [True, False])
def test_what_he_has_seen_himself_no_bounce_undoes(
    notification: Notification, john: Any, seen_first: bool
) -> None:
    deliver()
    record: Any = notification.activity.target
    if seen_first:
        assert api.mark_seen(record, user=john) == 1
    hear(news(notification, "delivered"))
    if not seen_first:
        assert api.mark_seen(record, user=john) == 1
    assert api.mark_seen(record, user=john) == 0
    hear(news(notification, "bounced"))
    assert state(notification) == ("done", "told")


@pytest.mark.parametrize("order", [1, -1])
def test_a_bounce_that_names_only_the_message_undoes_its_delivery(
    notification: Notification, order: int
) -> None:
    deliver()
    hear(*[news(notification, "delivered"), mail(notification, "failed")][::order])
    assert state(notification) == ("done", "failed")


def test_a_reply_that_names_only_the_message_is_a_delivery_by_whichever_call(
    notification: Notification, clock: Clock
) -> None:
    ended(notification, "unknown")
    clock.forward(minutes=11)
    sweep()
    ended(notification, "refused")
    hear(mail(notification, "away"))
    assert state(notification) == ("done", "told")


def test_a_reply_does_not_speak_for_a_call_that_was_never_made(
    notification: Notification, clock: Clock
) -> None:
    claim(channel="email", provider_of=lambda tenant: "sparkpost", limit=1)
    clock.forward(minutes=2)
    sweep()
    ended(notification, "accepted")
    hear(news(notification, "bounced"), mail(notification, "away"))
    assert state(notification) == ("done", "failed")


def test_the_same_message_id_at_another_provider_is_another_message(
    notification: Notification,
) -> None:
    attempt = ended(notification, "accepted")
    Attempt.objects.update(provider="postal", message_id=f"id of {attempt.pk}")
    hear(tracked(attempt, "bounced", named=False, number=1))
    assert state(notification) == ("done", "in_flight")
    assert Event.objects.get().notification is None


def test_a_resend_that_was_not_needed_is_needed_again_once_the_delivery_is_undone(
    notification: Notification, clock: Clock, janet: Any
) -> None:
    ended(notification, "accepted")
    clock.forward(days=2)
    sweep()
    assert state(notification) == ("done", "unclear")
    again = api.resend(notification, by=janet)
    hear(news(notification, "delivered"))
    assert state(again) == ("cancelled", "told")
    hear(news(notification, "bounced"))
    assert state(notification) == ("done", "failed")
    assert state(again) == ("queued", "in_flight")
    assert deliver() == 1
    hear(news(again, "delivered"))
    assert state(notification) == ("done", "told")


@pytest.mark.parametrize("kind", ["sent", "deferred", "unclear"])
def test_a_repeat_is_not_sent_once_the_world_has_seen_the_first(
    notification: Notification, clock: Clock, kind: str
) -> None:
    ended(notification, "unknown")
    clock.forward(minutes=11)
    sweep()
    assert state(notification) == ("queued", "in_flight")
    hear(news(notification, kind))
    assert state(notification) == ("done", "in_flight")
    assert deliver() == 0


def test_a_call_that_timed_out_does_not_say_whose_fault_the_bounce_is(
    notification: Notification,
) -> None:
    ended(notification, "unknown", blame="server", detail="no answer")
    hear(news(notification, "bounced"))
    notification.refresh_from_db()
    assert notification.blame == "address"


def silent(call: Callable[..., Activity], john: Any, bob: Any, clock: Clock) -> Notification:
    """John's, sent by a mailer that cannot confirm but has proven that bounces come back."""
    johns, bobs = (call(recipients=[user]).notifications.get() for user in (john, bob))
    deliver()
    Attempt.objects.update(provider="smtp")
    clock.forward(days=4, hours=23)
    hear(news(bobs, "bounced"))
    johns.refresh_from_db()
    return johns


def test_an_unclear_bounce_is_not_hidden_by_a_presumption(
    call: Callable[..., Activity], john: Any, bob: Any, janet: Any, clock: Clock
) -> None:
    notification = silent(call, john, bob, clock)
    Notification.objects.filter(pk=notification.pk).update(due_at=clock.now())
    sweep()
    assert state(notification) == ("done", "presumed")
    hear(news(notification, "unclear"))
    assert state(notification) == ("done", "in_flight")
    clock.forward(minutes=16)
    sweep()
    assert state(notification) == ("done", "unclear")
    assert api.open_alerts(janet).filter(notification=notification).exists()


def test_an_unclear_bounce_waits_from_the_first_that_came(
    notification: Notification, clock: Clock
) -> None:
    deliver()
    for _ in range(3):
        hear(news(notification, "unclear"))
        clock.forward(minutes=6)
    sweep()
    assert state(notification) == ("done", "unclear")


def test_an_unclear_bounce_that_was_parked_has_waited_already(
    notification: Notification, clock: Clock
) -> None:
    attempt = ended(notification, "accepted")
    hear(tracked(attempt, "unclear", named=False, number=1))
    clock.forward(minutes=20)
    Attempt.objects.update(message_id=f"id of {attempt.pk}")
    sweep()
    sweep()
    assert state(notification) == ("done", "unclear")


def test_what_is_closed_and_then_delivered_was_told(
    notification: Notification, alice: Any, janet: Any
) -> None:
    deliver()
    hear(news(notification, "rejected"))
    api.close(notification, by=alice, reason="The deal is off")
    assert state(notification) == ("done", "closed")
    again = api.resend(notification, by=alice)
    deliver()
    hear(news(again, "delivered"))
    assert state(notification) == ("done", "told")
    assert api.past_alerts(janet).get().closed == "by_admin"


def test_who_has_been_told_is_not_sent_it_again(notification: Notification, janet: Any) -> None:
    deliver()
    hear(news(notification, "delivered"))
    with pytest.raises(RefusedInput, match="He has been told"):
        api.resend(notification, by=janet)
    assert Notification.objects.count() == 1


def test_all_that_has_failed_of_it_is_closed_at_once(
    notification: Notification, alice: Any, janet: Any
) -> None:
    deliver()
    again = api.resend(notification, by=alice, address="jon@example.com")
    deliver()
    hear(news(notification, "bounced"), news(again, "bounced"))
    api.close(notification, by=alice, reason="The deal is off")
    assert [state(notification), state(again)] == [("done", "closed")] * 2
    assert not api.open_alerts(janet).exists()


@pytest.fixture
def doubted(notification: Notification, clock: Clock, janet: Any) -> Notification:
    """Nothing was heard of it for a day, and Janet has acknowledged that."""
    deliver()
    Attempt.objects.update(provider="sparkpost")
    clock.forward(days=6)
    sweep()
    assert state(notification) == ("done", "unclear")
    api.acknowledge(api.open_alerts(janet).get(), by=janet)
    return notification


def test_the_certainty_that_it_failed_asks_again_who_had_acknowledged_the_doubt(
    doubted: Notification, clock: Clock, janet: Any
) -> None:
    clock.forward(hours=1)
    hear(news(doubted, "bounced"))
    alert = api.open_alerts(janet).get()
    assert (alert.acknowledged_at, alert.notification) == (None, doubted)
    clock.forward(minutes=16)
    sweep()
    assert Alert.objects.filter(person=None, closed_at=None).exists()


@pytest.mark.parametrize("order", [1, -1])
def test_whichever_fails_last_asks_again_who_had_acknowledged_the_other(
    notification: Notification, clock: Clock, alice: Any, janet: Any, order: int
) -> None:
    deliver()
    again = api.resend(notification, by=alice, address="jon@example.com")
    deliver()
    first, last = [notification, again][::order]
    hear(news(first, "bounced"))
    api.acknowledge(api.open_alerts(janet).get(), by=janet)
    clock.forward(hours=1)
    hear(news(last, "bounced"))
    alert = api.open_alerts(janet).get()
    assert (alert.acknowledged_at, alert.notification) == (None, last)


def test_a_second_failure_gives_nobody_more_time_for_the_first(
    notification: Notification, clock: Clock, alice: Any, janet: Any
) -> None:
    deliver()
    again = api.resend(notification, by=alice, address="jon@example.com")
    deliver()
    hear(news(notification, "bounced"))
    due = api.open_alerts(janet).get().due_at
    clock.forward(minutes=10)
    hear(news(again, "bounced"))
    assert api.open_alerts(janet).get().due_at == due


def test_a_warning_that_is_not_late_any_more_keeps_its_deadline(
    notification: Notification, clock: Clock, janet: Any
) -> None:
    """It was opened anew between the two looks of the sweep."""
    deliver()
    hear(news(notification, "bounced"))
    alert = api.open_alerts(janet).get()
    look_again([alert.chain_id], now=clock.now())
    assert Alert.objects.get().due_at == alert.due_at
