"""While news lies unread silence means nothing: none is repeated or presumed, and it is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_notify.models import Activity, Attempt, Incident, Notification, Receipt
from crm_notify.steps.claim import claim
from crm_notify.steps.conclude import conclude
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.receive import receive
from crm_notify.steps.sweep import sweep
from tests.people import Clock
from tests.play.news import tracked

pytestmark = pytest.mark.django_db(transaction=True)


def state(notification: Notification) -> tuple[str, str]:
    notification.refresh_from_db()
    return notification.dispatch, notification.outcome


@pytest.fixture
def unknown(notification: Notification) -> Attempt:
    """A call that ran into its time limit."""
    (attempt,) = claim(channel="email", provider_of=lambda tenant: "sparkpost", limit=1)
    attempt.result, attempt.begun_at = "unknown", attempt.claimed_at
    attempt.save()
    conclude([attempt])
    return attempt


def test_what_is_unknown_is_not_repeated_before_the_backlog_is_worked_off(
    unknown: Attempt, notification: Notification, clock: Clock
) -> None:
    clock.forward(minutes=9)
    receive(tracked(unknown, "delivered", named=True, number=1))
    clock.forward(minutes=2)
    sweep()
    assert state(notification) == ("unknown", "in_flight")
    interpret()
    assert state(notification) == ("done", "told")


def test_news_of_the_last_minute_is_no_backlog(
    unknown: Attempt, notification: Notification, clock: Clock
) -> None:
    clock.forward(minutes=11)
    receive(tracked(unknown, "opened", named=True, number=1))
    clock.forward(seconds=30)
    sweep()
    assert state(notification) == ("queued", "in_flight")


@pytest.fixture
def silent(call: Callable[..., Activity], john: Any, bob: Any, clock: Clock) -> Attempt:
    """John's has been silent for the bounce window; Bob's has just proven that bounces come."""
    johns, bobs = (call(recipients=[user]).notifications.get() for user in (john, bob))
    deliver()
    Attempt.objects.update(provider="smtp")
    clock.forward(days=5, minutes=1)
    receive(tracked(bobs.attempts.get(), "bounced", named=True, number=1))
    interpret()
    return johns.attempts.get()


def test_nothing_is_presumed_before_the_backlog_is_worked_off(
    silent: Attempt, clock: Clock
) -> None:
    receive(tracked(silent, "bounced", named=True, number=2))
    clock.forward(minutes=2)
    sweep()
    assert state(silent.notification) == ("done", "in_flight")
    interpret()
    assert state(silent.notification) == ("done", "failed")


def test_once_it_is_worked_off_silence_has_its_meaning(silent: Attempt) -> None:
    sweep()
    assert state(silent.notification) == ("done", "presumed")


def test_an_old_bounce_proves_nothing(
    silent: Attempt, clock: Clock, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(PROVEN_WITHIN=timedelta(days=1))
    clock.forward(hours=25)
    sweep()
    assert state(silent.notification) == ("done", "in_flight")


def test_a_bounce_by_another_mailer_proves_nothing_of_this_one(
    silent: Attempt, clock: Clock
) -> None:
    """The host has changed its mailer between the two calls for Bob's."""
    bobs = Attempt.objects.exclude(pk=silent.pk).get()
    Attempt.objects.filter(pk=bobs.pk).update(provider="mandrill")
    Attempt.objects.create(
        notification=bobs.notification,
        provider="smtp",
        lease_until=bobs.lease_until,
        claimed_at=bobs.claimed_at,
        settled=True,
    )
    sweep()
    assert state(silent.notification) == ("done", "in_flight")
    assert Incident.objects.get().subject == "smtp"


def test_news_that_nobody_reads_stands_before_the_admins_until_it_is_read(
    unknown: Attempt, clock: Clock
) -> None:
    receive(tracked(unknown, "delivered", named=True, number=1))
    sweep()
    assert not Incident.objects.exists()
    clock.forward(minutes=16)
    sweep()
    incident = Incident.objects.get()
    assert (incident.kind, incident.subject, incident.closed_at) == ("intake", "unread", None)
    assert incident.sample == f"Nobody has read receipt {Receipt.objects.get().pk} yet."
    interpret()
    sweep()
    assert not Incident.objects.filter(closed_at=None).exists()
