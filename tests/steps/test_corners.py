"""Corners in which nothing may happen twice, or by accident."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from crm_notify import querysets
from crm_notify.models import Alert, Attempt, Event, Notification
from crm_notify.querysets import reasons, standing_alerts
from crm_notify.steps.alert import look_again
from crm_notify.steps.conclude import conclude
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def failed(notification: Notification, post: Callable[..., Any]) -> Notification:
    deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    interpret()
    return notification


def test_the_admins_are_warned_once_of_a_chain(failed: Notification, janet: Any) -> None:
    now = timezone.now()
    Alert.objects.update(due_at=now)
    Alert.objects.create(chain=failed, notification=failed, opened_at=now, due_at=now)
    look_again([failed.pk], now=now)
    assert Alert.objects.filter(person=None).count() == 1


def test_where_users_cannot_be_inactive_everybody_sees_his_alerts(
    failed: Notification, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = SimpleNamespace(_meta=SimpleNamespace(get_fields=list))
    monkeypatch.setattr(querysets, "get_user_model", lambda: bare)
    assert standing_alerts().count() == 1


def test_a_lighter_event_does_not_explain_a_refused_call(notification: Notification) -> None:
    deliver()
    attempt = Attempt.objects.get()
    attempt.detail, attempt.evidence = "refused", 70
    attempt.save()
    Event.objects.create(
        notification=notification,
        attempt=attempt,
        kind="deferred",
        evidence=30,
        code="4.7.1",
        recorded_at=timezone.now(),
        fingerprint="x",
    )
    assert reasons([notification]) == {notification.pk: attempt}


def test_only_the_end_of_an_old_attempt_moves_nothing(notification: Notification) -> None:
    deliver()
    old = Attempt.objects.get()
    Attempt.objects.create(
        notification=notification,
        provider="smtp",
        lease_until=timezone.now(),
        claimed_at=timezone.now(),
    )
    conclude([old])
    notification.refresh_from_db()
    assert notification.dispatch == "done"


def test_what_was_deleted_leaves_nothing_to_conclude(notification: Notification) -> None:
    deliver()
    attempt = Attempt.objects.get()
    notification.delete()
    conclude([attempt])
    assert not Notification.objects.exists()
