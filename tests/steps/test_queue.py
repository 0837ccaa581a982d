"""Waking: after commit, once a transaction, and never at the caller's cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from celery import Celery, current_app
from django.core import mail
from django.db import transaction

from crm_notify import queue, tasks
from crm_notify.models import Activity

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def published(
    monkeypatch: pytest.MonkeyPatch, crm_notify_settings: Callable[..., None]
) -> list[str]:
    """What would be published, with waking switched on."""
    crm_notify_settings(WAKE=True)
    names: list[str] = []
    monkeypatch.setattr(queue, "_publish", names.append)
    return names


def test_one_message_a_transaction(call: Callable[..., Activity], published: list[str]) -> None:
    with transaction.atomic():
        for number in range(3):
            call(key=str(number))
        queue.wake("interpret")
        assert published == []
    assert published == ["deliver", "interpret"]


def test_what_a_rolled_back_savepoint_asked_for_is_asked_for_again(published: list[str]) -> None:
    with transaction.atomic():
        try:
            with transaction.atomic():
                queue.wake("deliver")
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        queue.wake("deliver")
    assert published == ["deliver"]


def test_nothing_is_woken_by_what_was_rolled_back(
    call: Callable[..., Activity], published: list[str]
) -> None:
    with transaction.atomic():
        call()
        transaction.set_rollback(True)
    assert published == []


def test_waking_can_be_switched_off(
    call: Callable[..., Activity],
    published: list[str],
    crm_notify_settings: Callable[..., None],
) -> None:
    crm_notify_settings(WAKE=False)
    call()
    assert published == []


@pytest.fixture
def broker(
    monkeypatch: pytest.MonkeyPatch, crm_notify_settings: Callable[..., None]
) -> Iterator[Callable[[str], Celery]]:
    """Make the broker at a URL the one that is woken through."""
    crm_notify_settings(WAKE=True)
    monkeypatch.setattr(queue, "_quiet_until", 0.0)
    before = current_app._get_current_object()

    def use(url: str) -> Celery:
        app = Celery("host", broker=url)
        app.set_current()
        apps.append(app)
        return app

    apps: list[Celery] = []
    yield use
    for app in apps:
        app.close()
    before.set_current()


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:1/0",
        "amqp://127.0.0.1:1//",
        # Nobody answers there (RFC 5737): the connection neither opens nor is refused.
        "redis://192.0.2.1:6379/0",
    ],
)
def test_a_broker_that_is_down_breaks_nobody_and_is_asked_once(
    url: str, call: Callable[..., Activity], broker: Callable[[str], Celery], caplog: Any
) -> None:
    broker(url)
    begun = time.monotonic()
    call(key="1")
    assert time.monotonic() - begun < 3
    begun = time.monotonic()
    call(key="2")
    assert time.monotonic() - begun < 0.3
    assert [record.levelname for record in caplog.records if record.name == "crm_notify.queue"] == [
        "WARNING"
    ]


def test_an_eager_celery_runs_the_step_at_once(
    call: Callable[..., Activity], broker: Callable[[str], Celery]
) -> None:
    broker("memory://").conf.task_always_eager = True
    assert tasks.deliver.name == "crm_notify.deliver"
    call()
    assert len(mail.outbox) == 1


def test_in_a_thread_of_the_web_server_it_is_still_the_hosts_broker(
    broker: Callable[[str], Celery], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = broker("memory://")
    # Other tests have apps of their own; a host has one.
    monkeypatch.setattr(queue._state, "_get_active_apps", lambda: {app})
    monkeypatch.setattr(queue._state, "default_app", Celery("default", set_as_current=False))
    found: list[Celery] = []
    thread = Thread(target=lambda: found.append(queue._host_app()))
    thread.start()
    thread.join()
    assert found == [app]


def test_the_message_that_reaches_a_real_broker_names_the_step(
    call: Callable[..., Activity], broker: Callable[[str], Celery], broker_url: str
) -> None:
    app = broker(broker_url)
    call()
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as messages:
        message = messages.get(timeout=5)
        message.ack()
    assert message.headers["task"] == "crm_notify.deliver"
