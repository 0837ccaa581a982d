"""The health page: one word for monitors, the details for staff, and never a redirect."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from crm_notify import api
from crm_notify.models import Activity, Incident, Installation, Notification
from crm_notify.rules.news import Posted
from crm_notify.steps.incident import note_incident
from crm_notify.steps.receive import receive
from crm_notify.steps.ring import ring
from crm_notify.steps.sweep import sweep
from crm_notify.views import health as module
from tests.people import Clock
from tests.steps.bells import BROKEN
from tests.steps.failing import fail

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/notify/health/"


def status(client: Client, query: str = "") -> tuple[int, list[str]]:
    answer = client.get(PAGE + query)
    told = answer.json()
    assert set(told) == {"status", "wrong"}
    assert told["status"] == ("wrong" if told["wrong"] else "ok")
    return answer.status_code, told["wrong"]


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """What a database waits for that hangs."""
    event = threading.Event()
    yield event
    event.set()
    with module._asking:
        pass


def test_it_is_well_once_somebody_sweeps(client: Client) -> None:
    assert status(client) == (503, ["sweep"])
    sweep()
    assert status(client) == (200, [])


def test_nobody_who_sweeps_for_minutes_is_wrong(client: Client, clock: Clock) -> None:
    sweep()
    clock.forward(minutes=6)
    assert status(client) == (503, ["sweep"])


def test_a_sweep_that_fails_in_part_is_none(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def report(now: object) -> None:
        raise OSError

    monkeypatch.setattr("crm_notify.steps.sweep.PARTS", (report,))
    assert sweep() == ["report"]
    assert status(client) == (503, ["sweep"])


def test_mail_and_receipts_and_deadlines_that_nobody_keeps_are_named(
    client: Client, call: Callable[..., Activity], clock: Clock
) -> None:
    fail(call().notifications.get())
    call()
    posted = {"provider": "sparkpost", "via": "tracking", "method": "POST", "url": "https://x/"}
    receive(Posted(**posted, headers={}, body=b"[]"))
    clock.forward(hours=5)
    Installation.objects.update_or_create(
        pk=1, defaults={"swept_at": timezone.now(), "changed_at": timezone.now(), "name": "tests"}
    )
    assert status(client) == (503, ["queue", "receipts", "alerts"])
    api.hold_sending(by="alice", reason="x")
    api.hold_intake(by="alice", reason="x")
    assert status(client) == (503, ["alerts"])


def test_a_load_balancer_asks_only_for_what_another_server_would_do_better(client: Client) -> None:
    assert status(client, "?only=database") == (200, [])
    assert status(client, "?only=database,sweep") == (503, ["sweep"])
    answer = client.get(f"{PAGE}?only=databse")
    assert answer.status_code == 400
    assert "databse" in answer.content.decode()


def test_it_answers_head_and_no_post_keeps_nothing_and_is_never_redirected(
    client: Client, settings: Any
) -> None:
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    sweep()
    for path in (PAGE, PAGE.rstrip("/")):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert "no-store" in answer["Cache-Control"]
        assert client.get(path).status_code == 200
        assert client.post(path).status_code == 405


def test_a_database_that_is_down_is_a_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise OperationalError("secret-host is down")

    monkeypatch.setattr(module, "examine", down)
    answer = client.get(PAGE)
    assert answer.status_code == 503
    assert answer.json() == {"status": "wrong", "wrong": ["database"]}
    assert status(client, "?only=sweep") == (503, ["database"])


def test_a_database_that_hangs_is_a_503_in_time_and_takes_one_thread(
    client: Client, monkeypatch: pytest.MonkeyPatch, released: threading.Event
) -> None:
    monkeypatch.setattr(module, "examine", released.wait)
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    for _ in range(3):
        assert status(client) == (503, ["database"])
    waiting = [one for one in threading.enumerate() if one.name == "crm_notify-health"]
    assert len(waiting) == 1


def test_settings_that_cannot_be_read_are_a_503(client: Client, settings: Any) -> None:
    settings.CRM_NOTIFY = {"SENDR": "x"}
    assert status(client) == (503, ["settings"])


def test_a_mistake_of_ours_is_no_trouble_of_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "examine", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        client.get(PAGE)


def test_who_may_see_the_installation_has_the_details(
    client: Client,
    notification: Notification,
    bob: Any,
    clock: Clock,
    crm_notify_settings: Callable[..., None],
) -> None:
    sweep(by="Celery")
    crm_notify_settings(SINKS=[BROKEN], RETRY_PAUSES=[])
    fail(notification)
    ring()
    note_incident(Incident.Kind.UNPROVEN, subject="smtp")
    api.hold_intake(by="alice", reason="x")
    client.force_login(bob)
    assert status(client) == (200, [])
    bob.user_permissions.add(Permission.objects.get(codename="view_installation"))
    clock.forward(seconds=30)
    told = client.get(PAGE).json()
    details = told["details"]
    assert 29 <= details["last_sweep"]["seconds_ago"] <= 40
    assert details["last_sweep"]["by"].startswith("Celery on ")
    waits = {"queue": None, "receipts": None, "alerts": None, "sinks": None}
    assert details["waiting_for_seconds"] == waits
    assert details["unread_receipts"] == 0
    assert details["held"] == ["intake"]
    assert details["incidents"] == {"unproven": 1, "intake": 1, "sink": 1}
    assert (details["unproven_mailers"], details["silent_sinks"]) == (["smtp"], [BROKEN])


def test_where_nobody_can_log_in_there_are_no_details(client: Client, settings: Any) -> None:
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    sweep()
    assert status(client) == (200, [])


def test_how_long_things_wait_is_a_detail(
    client: Client, call: Callable[..., Activity], alice: Any, clock: Clock
) -> None:
    call()
    clock.forward(minutes=2)
    sweep()
    client.force_login(alice)
    assert 119 <= client.get(PAGE).json()["details"]["waiting_for_seconds"]["queue"] <= 130


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize("number", [0, 5])
def test_it_costs_seven_queries_whatever_there_is(
    number: int,
    client: Client,
    call: Callable[..., Activity],
    django_assert_num_queries: Any,
    crm_notify_settings: Callable[..., None],
) -> None:
    crm_notify_settings(SINKS=[BROKEN])
    for _ in range(number):
        fail(call().notifications.get())
        call()
    sweep()
    with django_assert_num_queries(7):
        assert client.get(PAGE).status_code == 200


def test_a_sweep_is_marked_once_in_five_seconds(
    clock: Clock, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_notify.steps.sweep.PARTS", ())
    sweep()
    with django_assert_num_queries(1):
        sweep()
    clock.forward(seconds=6)
    with django_assert_num_queries(2):
        sweep()
    # A clock that was put back stops no mark.
    clock.forward(seconds=-timedelta(days=1).total_seconds())
    with django_assert_num_queries(2):
        sweep()


def test_a_thread_that_cannot_be_had_once_is_had_the_next_time(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    sweep()
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", start)
        assert status(client) == (503, ["database"])
    assert status(client) == (200, [])
