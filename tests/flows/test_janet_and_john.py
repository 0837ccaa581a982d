"""The story of the blog post: John is really Jon, and Janet must hear of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from crm_notify import api
from crm_notify.models import Alert, Event, Notification, Receipt
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]


def hear(post: Post, *events: dict[str, Any]) -> None:
    assert post(events).status_code == 200
    assert interpret() == 1


def test_a_bounce_warns_janet_and_the_corrected_address_closes_the_loop(
    notification: Notification, post: Post, janet: Any, alice: Any
) -> None:
    deliver()
    hear(post, sparkpost(token_of(notification), "bounce", **UNKNOWN_USER))

    notification.refresh_from_db()
    assert (notification.outcome, notification.blame) == ("failed", "address")
    (alert,) = api.open_alerts(janet)
    assert alert.chain == alert.notification == notification

    again = api.resend(notification, by=alice, address="jon@example.com")
    assert api.open_alerts(janet).exists()
    deliver()
    hear(post, sparkpost(token_of(again), "delivery", recipient="jon@example.com"))

    assert not api.open_alerts(janet).exists()
    assert api.past_alerts(janet).get().closed == "told"
    notification.refresh_from_db()
    again.refresh_from_db()
    assert notification.outcome == again.outcome == "told"


def test_a_late_bounce_reopens_what_was_delivered(
    notification: Notification, post: Post, janet: Any
) -> None:
    deliver()
    name = token_of(notification)
    hear(post, sparkpost(name, "delivery"))
    notification.refresh_from_db()
    assert notification.outcome == "told"

    hear(post, sparkpost(name, "out_of_band", **UNKNOWN_USER))
    notification.refresh_from_db()
    assert notification.outcome == "failed"
    assert api.open_alerts(janet).count() == 1


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_every_order_of_webhooks_ends_alike(
    order: tuple[int, ...], notification: Notification, post: Post
) -> None:
    deliver()
    name = token_of(notification)
    news = [
        sparkpost(name, "injection"),
        sparkpost(name, "delay", error_code="451", raw_reason="451 4.7.1 greylisted"),
        sparkpost(name, "delivery"),
        sparkpost(name, "out_of_band", **UNKNOWN_USER),
    ]
    for place in order:
        hear(post, news[place])
    notification.refresh_from_db()
    assert (notification.evidence, notification.outcome) == (90, "failed")
    assert Alert.objects.filter(closed_at=None).count() == 1


def test_the_same_webhook_five_times_is_one_event(notification: Notification, post: Post) -> None:
    deliver()
    event = sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)
    for _ in range(5):
        hear(post, event)
    assert Event.objects.count() == 1
    assert Alert.objects.count() == 1
    assert [receipt.repeated for receipt in Receipt.objects.order_by("pk")] == [0, 1, 1, 1, 1]


def test_one_broken_event_loses_none_of_the_others(notification: Notification, post: Post) -> None:
    deliver()
    name = token_of(notification)
    events: list[dict[str, Any]] = [
        sparkpost(name, "open", timestamp=str(1767225600 + number)) for number in range(999)
    ]
    events.insert(500, {"msys": {"a": {}, "b": {}}})
    events.append(sparkpost(name, "bounce", **UNKNOWN_USER))
    hear(post, *events)
    assert Event.objects.count() == 1000
    receipt = Receipt.objects.get()
    assert (receipt.state, receipt.new) == ("failed", 1000)
    notification.refresh_from_db()
    assert notification.outcome == "failed"


def test_an_out_of_office_reply_is_no_bounce(
    notification: Notification, post: Post, janet: Any
) -> None:
    deliver()
    name = token_of(notification)
    hear(post, sparkpost(name, "out_of_band", bounce_class="60", raw_reason="I am away"))
    notification.refresh_from_db()
    assert notification.outcome == "told"
    assert not api.open_alerts(janet).exists()
