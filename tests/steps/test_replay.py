"""Reading again, and taking in what was lost: any number of times, each news once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from crm_notify.channels.webhooks.asking import NoAnswer
from crm_notify.models import Alert, Event, Notification, Receipt
from crm_notify.rules.news import Posted
from crm_notify.steps import read as read_step
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.receive import quarantine
from crm_notify.steps.recover import recover
from crm_notify.steps.replay import Replayed, Window, rehearse, replay
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]
ALL = Window()


def counts(done: list[Replayed]) -> tuple[int, int, int]:
    return (
        sum(one.noted.new for one in done),
        sum(one.noted.repeated for one in done),
        sum(one.noted.parked for one in done),
    )


def posted(*events: dict[str, Any]) -> Posted:
    return Posted(
        provider="sparkpost",
        via="tracking",
        method="POST",
        url="",
        headers={"content-type": "application/json"},
        body=json.dumps(events).encode(),
    )


def test_a_replay_brings_no_event_alert_or_mail_twice(
    notification: Notification, post: Post
) -> None:
    deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER), sparkpost("", "delivery")])
    interpret()
    before = Receipt.objects.values("state", "new", "repeated", "parked").get()
    for _ in range(3):
        assert counts(list(replay(ALL))) == (0, 2, 0)
    assert Receipt.objects.values("state", "new", "repeated", "parked").get() == before
    assert (Event.objects.count(), Alert.objects.count(), len(mail.outbox)) == (2, 1, 1)


def test_a_rehearsal_counts_what_the_reading_will_find_and_writes_nothing(
    notification: Notification, post: Post
) -> None:
    deliver()
    bounce = sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)
    post([bounce, sparkpost("", "delivery")])
    post([bounce, bounce])
    foreseen = list(rehearse(ALL))
    assert counts(foreseen) == (2, 2, 1)
    assert not Event.objects.exists()
    assert set(Receipt.objects.values_list("state", flat=True)) == {"new"}
    interpret()
    found = Receipt.objects.order_by("pk").values_list("new", "repeated", "parked")
    noted = [(one.noted.new, one.noted.repeated, one.noted.parked) for one in foreseen]
    assert list(found) == noted


def test_what_was_never_read_is_left_to_the_interpreter(post: Post) -> None:
    post([sparkpost("", "delivery")])
    assert list(replay(ALL)) == []
    assert Receipt.objects.get().state == "new"


def test_a_window_has_a_beginning_an_end_a_provider_and_a_state(post: Post, clock: Clock) -> None:
    kept = []
    for _ in range(3):
        post([sparkpost("", "delivery")])
        kept.append(Receipt.objects.latest("pk"))
        clock.forward(hours=1)
    Receipt.objects.filter(pk=kept[2].pk).update(provider="postmark", state="failed", due_at=None)

    def chosen(**window: Any) -> list[int]:
        found = Window(**window).receipts().values_list("pk", flat=True)
        return [kept.index(row) for row in kept if row.pk in set(found)]

    assert chosen() == [0, 1, 2]
    assert chosen(since=kept[1].received_at) == [1, 2]
    assert chosen(until=kept[1].received_at) == [0]
    assert chosen(provider="postmark") == [2]
    assert chosen(state=Receipt.State.FAILED) == [2]


def test_what_was_closed_or_is_in_quarantine_is_not_replayed(post: Post) -> None:
    quarantine(posted(sparkpost("", "delivery")), reason="forged")
    post([sparkpost("", "delivery")])
    Receipt.objects.filter(state="new").update(state="closed", due_at=None)
    assert list(replay(ALL)) == []
    assert list(rehearse(ALL)) == []


def test_what_could_not_be_read_is_read_by_a_replay_once_it_can_be(
    notification: Notification, post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    with monkeypatch.context() as patch:
        patch.setattr(read_step, "parse", lambda posted: 1 / 0)
        for _ in range(5):
            interpret()
            clock.forward(hours=1)
        (again,) = replay(ALL)
        assert again.error == "ZeroDivisionError: division by zero"
        (foreseen,) = rehearse(ALL)
        assert foreseen.error == again.error
    assert Receipt.objects.get().state == "failed"
    assert counts(list(replay(ALL))) == (1, 0, 0)
    assert Receipt.objects.get().state == "read"
    notification.refresh_from_db()
    assert notification.outcome == "failed"


def test_what_was_read_once_does_not_become_unreadable(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post([sparkpost("", "delivery")])
    interpret()

    def silent(posted: Posted) -> None:
        raise NoAnswer("The provider does not answer.")

    monkeypatch.setattr(read_step, "parse", silent)
    (again,) = replay(ALL)
    assert "does not answer" in again.error
    assert Receipt.objects.get().state == "read"


def test_a_part_that_nobody_can_read_is_named_by_every_reading(post: Post) -> None:
    post([sparkpost("", "delivery"), {"msys": {"a": {}, "b": {}}}])
    (foreseen,) = rehearse(ALL)
    interpret()
    (again,) = replay(ALL)
    assert foreseen.error
    assert foreseen.error in again.error
    assert (again.noted.new, again.noted.repeated) == (0, 1)


def test_a_receipt_that_was_erased_meanwhile_is_passed_over(post: Post) -> None:
    for _ in range(2):
        post([sparkpost("", "delivery")])
    interpret()
    again = replay(ALL)
    next(again)
    Receipt.objects.latest("pk").delete()
    assert list(again) == []


def test_what_is_taken_in_twice_is_here_once(notification: Notification, post: Post) -> None:
    deliver()
    bounce = sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)
    lost = [posted(bounce), posted(sparkpost("", "delivery")), posted(bounce)]
    first = recover(lost)
    assert (len(first.receipts), first.known) == (2, 1)
    again = recover(lost)
    assert (len(again.receipts), again.known) == (0, 3)
    assert set(Receipt.objects.values_list("verdict", flat=True)) == {"imported"}
    assert interpret() == 2
    assert Event.objects.count() == 2
    notification.refresh_from_db()
    assert notification.outcome == "failed"


def test_what_came_by_webhook_too_is_news_only_once(notification: Notification, post: Post) -> None:
    deliver()
    bounce = sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)
    post([bounce])
    interpret()
    assert recover([posted(bounce, sparkpost("", "delivery"))]).known == 0
    interpret()
    latest = Receipt.objects.latest("pk")
    assert (latest.new, latest.repeated) == (1, 1)
    assert Alert.objects.count() == 1


def test_whoever_imports_it_vouches_for_what_was_refused(post: Post) -> None:
    refused = posted(sparkpost("", "delivery"))
    assert quarantine(refused, reason="forged") is not None
    assert len(recover([refused]).receipts) == 1


def test_an_import_costs_the_same_whatever_its_size(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for number in (1, 50):
        posts = [posted(sparkpost("", "delivery")) for _ in range(number)]
        with django_assert_num_queries(4):  # with the two that frame a transaction
            recover(posts)


def test_a_window_without_zone_is_no_trouble() -> None:
    since = timezone.now() - timedelta(days=1)
    assert list(replay(Window(since=since, until=timezone.now()))) == []
