"""Conclude: which tries count, repeats that come to an end, rows that are gone meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_notify import api
from crm_notify.channels.base import Answer
from crm_notify.channels.registry import CHANNELS
from crm_notify.models import Activity, Alert, Attempt, Event, Incident, Notification
from crm_notify.steps.claim import claim
from crm_notify.steps.deliver import deliver
from crm_notify.steps.sweep import sweep
from tests.people import Clock
from tests.play.speakers import Provider

pytestmark = pytest.mark.django_db(transaction=True)

PAUSES = [timedelta(minutes=1), timedelta(hours=1)]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    provider = Provider("smtp")
    monkeypatch.setitem(CHANNELS, "email", lambda: provider)
    return provider


def test_a_call_that_never_answers_is_repeated_ever_later_and_in_the_end_a_person_is_asked(
    notification: Notification,
    provider: Provider,
    clock: Clock,
    janet: Any,
    crm_notify_settings: Callable[..., None],
) -> None:
    crm_notify_settings(RETRY_PAUSES=PAUSES)
    provider.answers = lambda: "unknown"
    waits = []
    for _ in range(3):
        assert deliver() == 1
        notification.refresh_from_db()
        assert notification.dispatch == "unknown"
        assert notification.due_at is not None
        waits.append(round((notification.due_at - clock.now()).total_seconds() / 60))
        clock.forward(minutes=waits[-1], seconds=1)
        sweep()
    assert waits == [10, 60, 10]
    assert deliver() == 0
    notification.refresh_from_db()
    assert (notification.dispatch, notification.outcome) == ("unknown", "unclear")
    assert Event.objects.get().kind == "unconfirmed"
    assert api.open_alerts(janet).count() == 1


def test_who_died_before_he_began_has_not_tried(notification: Notification, clock: Clock) -> None:
    for _ in range(3):
        claim(channel="email", provider_of=lambda tenant: "smtp", limit=1)
        clock.forward(minutes=2)
        sweep()
    notification.refresh_from_db()
    assert (notification.dispatch, notification.tries) == ("queued", 0)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_deleted_while_it_is_sent_stops_nobody(
    call: Callable[..., Activity], provider: Provider, john: Any, bob: Any, alice: Any, place: int
) -> None:
    rows = [call(recipients=[user]).notifications.get() for user in (john, bob, alice)]

    def delete_it() -> str:
        if len(provider.spoken) == place + 1:
            rows[place].activity.delete()
        return "refused"

    provider.answers = delete_it
    assert deliver() == 3
    assert len(provider.spoken) == 3
    left = Notification.objects.all()
    assert [row.outcome for row in left] == ["failed", "failed"]
    assert set(Attempt.objects.values_list("result", "settled")) == {("refused", True)}
    assert Alert.objects.count() == 2


def test_the_neighbours_of_what_is_deleted_before_its_turn_are_sent(
    call: Callable[..., Activity], provider: Provider, john: Any, bob: Any, alice: Any
) -> None:
    rows = [call(recipients=[user]).notifications.get() for user in (john, bob, alice)]

    def delete_the_next() -> str:
        Activity.objects.filter(notifications=rows[1]).delete()
        return "accepted"

    provider.answers = delete_the_next
    deliver()
    assert len(provider.spoken) == 2
    assert set(Attempt.objects.values_list("result", "settled")) == {("accepted", True)}


def test_a_mailer_that_cannot_be_built_is_an_incident_and_the_mail_waits(
    notification: Notification, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(MAILER="nosuch")
    assert deliver() == 0
    incident = Incident.objects.get()
    assert incident.kind == "sender"
    assert "nosuch" in incident.sample
    notification.refresh_from_db()
    assert notification.dispatch == "queued"


def test_an_answer_too_odd_for_its_column_is_cut(
    notification: Notification, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = provider.send

    def odd(attempt: Attempt) -> Any:
        answer = spoken(attempt)
        return Answer(
            result=answer.result, message_id="i\0d" * 200, code="5\0" * 30, text="\ud800\0no"
        )

    monkeypatch.setattr(provider, "send", odd)
    deliver()
    attempt = Attempt.objects.get()
    assert (attempt.code, attempt.detail) == ("5 5 5 5 5 5 5 5 5 5", "no")
