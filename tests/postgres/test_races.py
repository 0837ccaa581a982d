"""Races, with real connections: each thread has its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connection, connections

from crm_notify import api
from crm_notify.models import Activity, Alert, Attempt, Event, Notification
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.sweep import sweep
from tests.crm.models import Customer
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)


def side_by_side(times: int, act: Callable[[], Any]) -> list[Any]:
    """Run ``act`` in several threads that start together, each on its own connection."""
    start = Barrier(times)

    def run() -> Any:
        start.wait()
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        futures = [pool.submit(run) for _ in range(times)]
        return [future.result() for future in futures]


def queue(janet: Any, contoso: Customer, number: int) -> None:
    model = get_user_model()
    users = model.objects.bulk_create(
        [model(username=f"user{i}", email=f"user{i}@example.com") for i in range(number)]
    )
    api.record_activity(actor=janet, verb="logged a call", target=contoso, recipients=users)


def test_two_workers_send_each_of_500_rows_once(janet: Any, contoso: Customer) -> None:
    queue(janet, contoso, 500)
    assert sum(side_by_side(2, deliver)) == 500
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 500
    assert Attempt.objects.filter(result="accepted", settled=True).count() == 500
    assert not Notification.objects.exclude(dispatch="done").exists()


def test_the_same_act_recorded_twice_at_once_is_one(
    janet: Any, john: Any, contoso: Customer
) -> None:
    def act() -> int:
        return api.record_activity(
            actor=janet, verb="logged", target=contoso, recipients=[john], key="call 1"
        ).pk

    assert len(set(side_by_side(4, act))) == 1
    assert Activity.objects.count() == Notification.objects.count() == 1


def test_contradictory_webhooks_at_once_settle_to_the_heavier(
    notification: Notification, post: Callable[..., Any]
) -> None:
    deliver()
    name = token_of(notification)
    news = [sparkpost(name, "delivery"), sparkpost(name, "bounce", **UNKNOWN_USER)]
    for event in news * 4:
        post([event])
    side_by_side(4, interpret)
    notification.refresh_from_db()
    assert notification.outcome == "failed"
    assert Event.objects.count() == 2
    assert Alert.objects.filter(closed_at=None).count() == 1


def test_two_clicks_on_send_again_send_once(
    notification: Notification, post: Callable[..., Any], janet: Any
) -> None:
    deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    interpret()
    made = side_by_side(4, lambda: api.resend(notification, by=janet).pk)
    assert len(set(made)) == 1
    assert Notification.objects.count() == 2


WORKER = """
import sys, time
import django
django.setup()
from django.core.mail.backends.base import BaseEmailBackend
from crm_notify.channels.email import mailer

class Slow(BaseEmailBackend):
    def __init__(self, **options):
        super().__init__()
    def send_messages(self, messages):
        print("sending", messages[0].to[0], flush=True)
        time.sleep(0.05)
        print("sent", messages[0].to[0], flush=True)
        return 1

mailer.import_string = lambda path: Slow
from crm_notify.steps.deliver import deliver
deliver()
"""


@pytest.fixture
def worker_process() -> Any:
    """Start a worker in a process of its own, on the tests' database."""
    program = f"from django.conf import settings\nNAME = {connection.settings_dict['NAME']!r}\n"
    program += "settings.DATABASES['default']['NAME'] = NAME\n" + WORKER
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[2],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing_blindly(
    janet: Any, contoso: Customer, worker_process: Any, clock: Clock
) -> None:
    queue(janet, contoso, 30)
    process = worker_process()
    said = [process.stdout.readline() for _ in range(21)]
    os.kill(process.pid, signal.SIGKILL)
    said += process.communicate()[0].splitlines(keepends=True)
    begun = [line for line in said if line.startswith("sending")]
    called = {line.split()[1] for line in begun if line.endswith("\n")}
    assert 10 <= len(called) <= 12

    clock.forward(minutes=2)
    sweep()
    unknown = Notification.objects.filter(dispatch="unknown")
    assert unknown.count() <= 1
    assert Notification.objects.filter(dispatch="done").count() >= len(called) - 1
    # Only what had not begun is sent now; the one in doubt waits for news first.
    deliver()
    now_sent = {message.to[0].split("<")[-1].strip(">") for message in mail.outbox}
    doubtful = set(unknown.values_list("address", flat=True))
    assert not now_sent & (called | doubtful)
    assert Notification.objects.filter(dispatch="done").count() + len(doubtful) == 30

    clock.forward(minutes=11)
    sweep()
    deliver()
    assert not Notification.objects.exclude(dispatch="done").exists()
    assert len(mail.outbox) == len(now_sent) + len(doubtful)
