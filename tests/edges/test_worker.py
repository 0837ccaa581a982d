"""Worker, beat and sweep in one process, and Celery's hand on the same steps."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from celery import current_app
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError

from crm_notify import tasks
from crm_notify.management.commands import crm_notify_worker
from crm_notify.models import Installation, Notification
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def signals_are_given_back() -> Any:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_without_a_broker_one_process_does_it_all(
    notification: Notification, post: Callable[..., Any]
) -> None:
    call_command("crm_notify_worker", "--once")
    assert len(mail.outbox) == 1
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    call_command("crm_notify_worker", "--once")
    notification.refresh_from_db()
    assert notification.outcome == "failed"


def test_it_looks_again_until_a_signal_ends_it_cleanly(
    notification: Notification, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    looks: list[int] = []

    def look(*, by: str) -> None:
        looks.append(len(mail.outbox))
        if len(looks) == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(crm_notify_worker, "sweep", look)
    call_command("crm_notify_worker", "--interval", "0.01")
    assert looks == [0, 1]
    assert "ended" in capsys.readouterr().out


def test_a_database_that_is_down_is_asked_again(
    notification: Notification, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def down(*, by: str) -> None:
        raise DatabaseError("the database is down")

    monkeypatch.setattr(crm_notify_worker, "sweep", down)
    call_command("crm_notify_worker", "--once")
    assert "the database does not answer: the database is down" in caplog.messages[0]
    assert len(mail.outbox) == 1


def test_celery_does_the_same_by_name(notification: Notification, post: Callable[..., Any]) -> None:
    tasks.deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    tasks.interpret()
    notification.refresh_from_db()
    assert notification.outcome == "failed"
    tasks.ring()
    tasks.sweep()
    assert Installation.objects.get().swept_by.startswith("Celery on ")
    names = ("deliver", "interpret", "ring", "sweep")
    assert {f"crm_notify.{name}" for name in names} <= set(current_app.tasks)
