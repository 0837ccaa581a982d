"""The sweep keeps every deadline: nothing is lost because nobody woke."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from crm_notify import api
from crm_notify.models import Activity, Alert, Attempt, Event, Incident, Notification, Receipt
from crm_notify.steps import sweep as module
from crm_notify.steps.claim import claim
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.sweep import sweep
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]


def state(notification: Notification) -> tuple[str, str]:
    notification.refresh_from_db()
    return notification.dispatch, notification.outcome


def lost(notification: Notification, result: str) -> Attempt:
    """What a worker leaves that is killed while it holds a lease."""
    (attempt,) = claim(channel="email", provider_of=lambda tenant: "sparkpost", limit=10)
    attempt.result = result
    attempt.save()
    return attempt


def test_what_a_dead_worker_had_not_begun_is_sent_by_another(
    notification: Notification, clock: Clock
) -> None:
    lost(notification, "claimed")
    sweep()
    assert state(notification) == ("sending", "in_flight")
    clock.forward(minutes=2)
    sweep()
    assert state(notification) == ("queued", "in_flight")
    deliver()
    assert len(mail.outbox) == 1


def test_what_it_had_begun_is_unknown_and_repeated_only_after_a_wait(
    notification: Notification, clock: Clock
) -> None:
    lost(notification, "begun")
    clock.forward(minutes=2)
    sweep()
    assert state(notification) == ("unknown", "in_flight")
    deliver()
    assert not mail.outbox
    clock.forward(minutes=11)
    sweep()
    deliver()
    assert len(mail.outbox) == 1
    assert state(notification) == ("done", "in_flight")


def test_news_with_the_token_ends_the_doubt_without_a_second_mail(
    notification: Notification, clock: Clock, post: Post
) -> None:
    lost(notification, "begun")
    clock.forward(minutes=2)
    sweep()
    post([sparkpost(token_of(notification), "injection")])
    interpret()
    assert state(notification) == ("done", "in_flight")
    clock.forward(minutes=11)
    sweep()
    assert deliver() == 0


def test_news_of_the_first_call_stops_the_repeat_that_is_queued(
    notification: Notification, clock: Clock, post: Post
) -> None:
    lost(notification, "begun")
    clock.forward(minutes=2)
    sweep()
    clock.forward(minutes=11)
    sweep()
    assert state(notification) == ("queued", "in_flight")
    post([sparkpost(token_of(notification), "delivery")])
    interpret()
    assert state(notification) == ("done", "told")
    assert deliver() == 0


def test_what_it_had_ended_is_settled(notification: Notification, clock: Clock) -> None:
    lost(notification, "accepted")
    clock.forward(minutes=2)
    sweep()
    assert state(notification) == ("done", "in_flight")
    assert Attempt.objects.get().settled


def sent_by(provider: str, notification: Notification) -> None:
    deliver()
    Attempt.objects.update(provider=provider)
    Notification.objects.update(due_at=notification.created_at)
    module.settle([notification.pk])


def test_silence_of_a_mailer_that_confirms_goes_to_a_person(
    notification: Notification, clock: Clock, janet: Any
) -> None:
    sent_by("sparkpost", notification)
    clock.forward(hours=23)
    sweep()
    assert state(notification) == ("done", "in_flight")
    clock.forward(hours=2)
    sweep()
    assert state(notification) == ("done", "unclear")
    assert api.open_alerts(janet).count() == 1
    assert Event.objects.get().kind == "unconfirmed"


def test_silence_of_one_that_cannot_confirm_is_an_incident_until_it_has_proven_itself(
    notification: Notification, clock: Clock, janet: Any
) -> None:
    sent_by("smtp", notification)
    clock.forward(days=5, hours=1)
    sweep()
    assert state(notification) == ("done", "in_flight")
    assert not api.open_alerts(janet).exists()
    assert Incident.objects.get().kind == "unproven"


def test_once_a_bounce_came_back_silence_is_presumed_and_never_told(
    call: Callable[..., Activity], clock: Clock, john: Any, bob: Any
) -> None:
    silent = call().notifications.get()
    bounced = call(recipients=[bob]).notifications.get()
    sent_by("smtp", silent)
    attempt = bounced.attempts.get()
    Event.objects.create(
        notification=bounced,
        attempt=attempt,
        kind="bounced",
        evidence=90,
        recorded_at=clock.now(),
        fingerprint="x",
    )
    clock.forward(days=5, hours=1)
    api.hold_intake(by="Alice", reason="a bounce may lie in the box")
    sweep()
    assert state(silent) == ("done", "in_flight")
    assert not Incident.objects.filter(kind="unproven").exists()
    api.open_intake(by="Alice")
    clock.forward(days=1, hours=1)
    sweep()
    assert state(silent) == ("done", "presumed")


def test_a_transient_bounce_without_a_code_goes_to_a_person_after_a_while(
    notification: Notification, clock: Clock, janet: Any
) -> None:
    sent_by("amazon_ses", notification)
    Event.objects.create(
        notification=notification,
        attempt=notification.attempts.get(),
        kind="unclear",
        evidence=40,
        recorded_at=clock.now(),
        fingerprint="x",
    )
    module.settle([notification.pk])
    clock.forward(minutes=14)
    sweep()
    assert state(notification) == ("done", "in_flight")
    clock.forward(minutes=2)
    sweep()
    assert state(notification) == ("done", "unclear")
    assert api.open_alerts(janet).exists()


def test_an_event_that_comes_before_our_own_commit_finds_its_place(
    notification: Notification, post: Post, clock: Clock
) -> None:
    """It has no token, and its message id is not written down yet."""
    attempt = lost(notification, "begun")
    post([sparkpost("", "bounce", transmission_id="66", **UNKNOWN_USER)])
    interpret()
    parked = Event.objects.get()
    assert (parked.notification, Receipt.objects.get().parked) == (None, 1)

    attempt.result, attempt.message_id = "accepted", "66"
    attempt.save()
    clock.forward(minutes=2)
    sweep()
    parked.refresh_from_db()
    assert (parked.notification, parked.matched) == (notification, "message_id")
    assert state(notification) == ("done", "failed")


def test_parked_news_is_tried_again_and_in_the_end_waits_for_a_person(
    notification: Notification, post: Post, clock: Clock
) -> None:
    deliver()
    post([sparkpost("", "bounce", transmission_id="66", **UNKNOWN_USER)])
    interpret()
    clock.forward(seconds=10)
    sweep()
    assert Event.objects.get().due_at is not None
    Attempt.objects.update(message_id="66", provider="sparkpost")
    clock.forward(minutes=1)
    sweep()
    assert state(notification) == ("done", "failed")

    post([sparkpost("", "bounce", transmission_id="none of ours", **UNKNOWN_USER)])
    interpret()
    clock.forward(days=4)
    sweep()
    forgotten = Event.objects.get(notification=None)
    assert forgotten.due_at is None


@pytest.fixture
def failed(notification: Notification, post: Post) -> Notification:
    deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    interpret()
    return notification


def test_what_nobody_acknowledges_stands_in_front_of_the_admins(
    failed: Notification, clock: Clock, janet: Any
) -> None:
    clock.forward(minutes=14)
    sweep()
    assert Alert.objects.count() == 1
    clock.forward(minutes=2)
    sweep()
    sweep()
    admins = Alert.objects.get(person=None)
    assert (admins.chain, admins.closed_at) == (failed, None)
    api.state_told(failed, by=janet, how="by phone")
    assert not Alert.objects.filter(closed_at=None).exists()


def test_what_is_acknowledged_goes_no_further(
    failed: Notification, clock: Clock, janet: Any
) -> None:
    api.acknowledge(api.open_alerts(janet).get(), by=janet)
    clock.forward(hours=4)
    sweep()
    assert Alert.objects.count() == 1


def test_a_failure_whose_person_is_deleted_stands_in_front_of_the_admins(
    failed: Notification, janet: Any
) -> None:
    janet.delete()
    assert not Alert.objects.exists()
    sweep()
    assert Alert.objects.get().person is None


def test_a_part_that_fails_stops_no_other(
    failed: Notification, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(now: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "PARTS", (broken, *module.PARTS))
    clock.forward(minutes=16)
    sweep()
    assert Alert.objects.filter(person=None).exists()


def test_the_sweep_wakes_whoever_has_something_to_do(
    notification: Notification, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(module, "wake", woken.append)
    sweep()
    assert woken == ["deliver"]
    deliver()
    post([sparkpost(token_of(notification), "delivery")])
    woken.clear()
    sweep()
    assert woken == ["interpret"]


def test_news_about_mail_of_ours_that_is_not_found_ends_before_the_admins(
    notification: Notification, post: Callable[..., Any], clock: Clock
) -> None:
    """On a shared account others' news comes too: that waits in silence."""
    deliver()
    name = token_of(notification)
    foreign = name[:-1] + ("a" if name[-1] != "a" else "b")
    post([sparkpost(one, "bounce", **UNKNOWN_USER) for one in (name, foreign, "")])
    Notification.objects.all().delete()
    interpret()
    sweep()
    assert not Incident.objects.exists()
    clock.forward(days=4)
    sweep()
    assert not Event.objects.filter(due_at__isnull=False).exists()
    incident = Incident.objects.get()
    assert (incident.kind, incident.count) == ("parked", 1)
    assert "5.1.1" in incident.sample
