"""From a refused mail to an HTTP gateway, whatever becomes of gateway and worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from crm_notify.models import Activity, Alert, Notification, Reach
from crm_notify.steps.deliver import deliver
from crm_notify.steps.sweep import sweep
from tests.people import Clock
from tests.support.send_api import Call, Reply, SendApi

pytestmark = pytest.mark.django_db(transaction=True)

Gateway = Callable[[Callable[[Call], Reply]], SendApi]

WORKER = """
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {name!r}
settings.CRM_NOTIFY = {conf!r}
django.setup()
from crm_notify.steps.deliver import deliver
deliver()
"""


@pytest.fixture
def served(
    crm_notify_settings: Callable[..., None], gateway: Gateway
) -> Callable[[Callable[[Call], Reply]], SendApi]:
    """Set SMS up by Apprise, with a gateway that answers as it is told."""

    def serve(answer: Callable[[Call], Reply]) -> SendApi:
        api = gateway(answer)
        url = f"json://us:token@{api.url.removeprefix('http://')}/sms/{{to}}"
        crm_notify_settings(
            CHANNELS={
                "sms": {
                    "CLASS": "crm_notify.channels.apprise.AppriseMessenger",
                    "OPTIONS": {"url": url},
                }
            }
        )
        return api

    return serve


@pytest.fixture
def urgent(call: Callable[..., Activity], john: Any) -> Notification:
    """Urgent news for John, who has a telephone; the mail to him will be refused."""
    Reach.objects.create(user=john, channel="sms", address="+49 30 901820")
    john.email = "nobody"
    john.save()
    return call(urgency="urgent").notifications.get()


def sms() -> tuple[str, str]:
    row = Notification.objects.get(channel="sms")
    return row.dispatch, row.outcome


def later(clock: Clock, **by: float) -> None:
    clock.forward(**by)
    sweep()
    deliver()


def test_a_refused_mail_becomes_one_call_to_the_gateway(
    served: Gateway, urgent: Notification, clock: Clock
) -> None:
    api = served(lambda call: Reply())
    deliver()
    (call,) = api.calls
    text = "Janet Smith logged a call: Contoso https://crm.example/notify/open/"
    assert call.json["message"].startswith(text)
    assert "ready to close" not in call.json["message"]
    assert sms() == ("done", "in_flight")
    later(clock, minutes=61)
    assert sms() == ("done", "unclear")
    later(clock, days=2)
    assert len(api.calls) == 1
    assert {alert.notification_id for alert in Alert.objects.all()} == {urgent.pk}


def test_a_gateway_that_refuses_is_called_once(
    served: Gateway, urgent: Notification, clock: Clock
) -> None:
    api = served(lambda call: Reply(status=400))
    deliver()
    assert sms() == ("done", "failed")
    later(clock, days=2)
    assert len(api.calls) == 1


def test_a_gateway_that_is_busy_is_called_again(
    served: Gateway, urgent: Notification, clock: Clock
) -> None:
    replies = iter([Reply(status=429), Reply()])
    api = served(lambda call: next(replies))
    deliver()
    assert sms() == ("queued", "in_flight")
    later(clock, minutes=2)
    assert sms() == ("done", "in_flight")
    assert len(api.calls) == 2


def test_a_gateway_that_was_down_is_called_when_it_is_up(
    served: Gateway,
    urgent: Notification,
    clock: Clock,
    crm_notify_settings: Callable[..., None],
) -> None:
    served(lambda call: Reply())
    up = django_settings.CRM_NOTIFY["CHANNELS"]
    # The port of "discard", on which nobody listens here.
    down = {"CLASS": up["sms"]["CLASS"], "OPTIONS": {"url": "json://127.0.0.1:9/{to}"}}
    crm_notify_settings(CHANNELS={"sms": down})
    deliver()
    assert sms() == ("queued", "in_flight")
    crm_notify_settings(CHANNELS=up)
    later(clock, minutes=2)
    assert sms() == ("done", "in_flight")


def test_a_gateway_that_times_out_is_not_called_again(
    served: Gateway,
    urgent: Notification,
    clock: Clock,
    crm_notify_settings: Callable[..., None],
) -> None:
    api = served(lambda call: Reply(silent=True))
    crm_notify_settings(SEND_TIMEOUT=timedelta(seconds=0.5))
    deliver()
    assert sms() == ("unknown", "in_flight")
    later(clock, minutes=11)
    assert sms() == ("unknown", "unclear")
    later(clock, days=2)
    assert len(api.calls) == 1


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """One in a process of its own, on the tests' database and with the settings of this test."""
    name = connection.settings_dict["NAME"]
    program = WORKER.format(name=str(name), conf=django_settings.CRM_NOTIFY)
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_worker_killed_in_its_call_leaves_a_message_that_goes_out_once(
    served: Gateway, urgent: Notification, clock: Clock
) -> None:
    running: list[subprocess.Popen[bytes]] = []

    def kill(call: Call) -> Reply:
        os.kill(running[0].pid, signal.SIGKILL)
        return Reply()

    api = served(kill)
    with worker() as process:
        running.append(process)
        assert process.wait(60) == -signal.SIGKILL
    assert sms() == ("sending", "in_flight")
    later(clock, minutes=2)
    assert sms() == ("unknown", "in_flight")
    later(clock, minutes=11)
    assert sms() == ("unknown", "unclear")
    later(clock, days=2)
    assert len(api.calls) == 1
