"""Worker, beat and sweep in one process, and Celery's hand on the same steps."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery, current_app
from celery.contrib.testing.worker import start_worker
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connections

from crm_notify import tasks
from crm_notify.management.commands import crm_notify_worker
from crm_notify.models import Notification
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


def test_a_signal_ends_it_cleanly(notification: Notification, capsys: Any) -> None:
    def end_it() -> None:
        while not mail.outbox:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        connections.close_all()

    ender = threading.Thread(target=end_it)
    ender.start()
    call_command("crm_notify_worker", "--interval", "0.01")
    ender.join()
    assert "ended" in capsys.readouterr().out


def test_a_database_that_is_down_is_asked_again(
    notification: Notification, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def down() -> None:
        raise DatabaseError("the database is down")

    monkeypatch.setattr(crm_notify_worker, "sweep", down)
    call_command("crm_notify_worker", "--once")
    assert "does not answer" in caplog.text
    assert len(mail.outbox) == 1


def test_celery_does_the_same_by_name(notification: Notification, post: Callable[..., Any]) -> None:
    tasks.deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    tasks.interpret()
    notification.refresh_from_db()
    assert notification.outcome == "failed"
    tasks.sweep()
    assert {"crm_notify.deliver", "crm_notify.interpret", "crm_notify.sweep"} <= set(
        current_app.tasks
    )


def test_a_real_worker_is_woken_by_the_commit(
    call: Callable[..., Any], crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(WAKE=True)
    before = current_app._get_current_object()
    app = Celery("host", broker="memory://")
    app.set_current()
    try:
        with start_worker(app, perform_ping_check=False, pool="solo"):
            call()
            deadline = time.monotonic() + 10
            while not mail.outbox and time.monotonic() < deadline:
                time.sleep(0.05)
    finally:
        app.close()
        before.set_current()
    assert len(mail.outbox) == 1
