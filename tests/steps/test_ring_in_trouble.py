"""A sink that fails loses nothing: others are called, it is called again, and the admins hear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from crm_notify import api
from crm_notify.models import Alert, Incident, Notification, SinkCall
from crm_notify.steps.incident import note_incident
from crm_notify.steps.ring import ring
from tests.people import Clock
from tests.steps import bells
from tests.steps.bells import BROKEN, FAILED, WORKS, rung, tell
from tests.steps.failing import fail

pytestmark = pytest.mark.django_db(transaction=True)

Settings = Callable[..., None]


@pytest.fixture(autouse=True)
def _silence() -> None:
    rung.clear()


@pytest.fixture
def sinks(crm_notify_settings: Settings) -> Callable[..., None]:
    def change(*paths: str, **given: Any) -> None:
        crm_notify_settings(SINKS=list(paths), **given)

    return change


Sinks = Callable[..., None]


def test_a_sink_that_raises_stops_no_other_and_is_called_again_with_pauses(
    notification: Notification, sinks: Sinks, clock: Clock
) -> None:
    sinks(BROKEN, WORKS, RETRY_PAUSES=[timedelta(minutes=1), timedelta(minutes=5)])
    fail(notification)
    assert ring() == 2
    assert rung == [FAILED]
    assert ring() == 0
    clock.forward(minutes=2)
    assert ring() == 1
    clock.forward(minutes=2)
    assert ring() == 0
    assert not Incident.objects.exists()
    clock.forward(minutes=4)
    assert ring() == 1
    # That was its last try: the admins know, and the warning stands as before.
    incident = Incident.objects.get()
    assert (incident.kind, incident.subject, incident.count) == ("sink", BROKEN, 1)
    assert "no bell for janet" in incident.sample
    assert Alert.objects.get().closed_at is None
    clock.forward(days=9)
    assert ring() == 0


def test_once_its_incident_is_closed_a_sink_hears_all_that_it_did_not_take(
    notification: Notification, sinks: Sinks, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sinks(BROKEN, RETRY_PAUSES=[])
    fail(notification)
    ring()
    monkeypatch.setattr(bells, "broken", bells.ring)
    assert ring() == 0
    api.close_incident(Incident.objects.get(), by=alice)
    assert ring() == 1
    assert rung == [FAILED]


def test_an_admin_who_closes_its_incident_on_the_screen_lets_it_ring(
    notification: Notification, sinks: Sinks, alice: Any, client: Client
) -> None:
    sinks(BROKEN, RETRY_PAUSES=[])
    fail(notification)
    ring()
    assert str(SinkCall.objects.get()).startswith(f"{BROKEN}: ")
    sinks(BROKEN, RETRY_PAUSES=[timedelta(minutes=1)])
    client.force_login(alice)
    incident = Incident.objects.get()
    client.post(f"/admin/crm_notify/incident/{incident.pk}/act/close/", {"text": "mended"})
    incident.refresh_from_db()
    assert incident.closed_at is not None
    assert ring() == 1


def test_an_incident_closed_without_more_ado_rings_nothing(
    notification: Notification, sinks: Sinks, alice: Any
) -> None:
    sinks(BROKEN, RETRY_PAUSES=[])
    fail(notification)
    ring()
    api.close_incident(Incident.objects.get(), by=alice, again=False)
    assert ring() == 0
    note_incident(Incident.Kind.SINK, subject=WORKS)
    api.close_incident(Incident.objects.get(closed_at=None), by=alice)
    assert ring() == 0


def test_what_is_news_again_is_tried_again_after_the_last_try(
    notification: Notification, sinks: Sinks
) -> None:
    sinks(BROKEN, RETRY_PAUSES=[])
    fail(notification)
    ring()
    tell(notification)
    assert ring() == 1


def test_whoever_dies_while_he_rings_is_followed_by_another(
    notification: Notification, sinks: Sinks, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(alert: Alert) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bells, "broken", die)
    sinks(BROKEN, RETRY_PAUSES=[timedelta(minutes=1)])
    fail(notification)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            ring()
        assert ring() == 0
        clock.forward(minutes=6)
    # It kills whoever calls it: it is not called for ever.
    assert ring() == 1
    assert "died" in Incident.objects.get().sample


def test_what_comes_while_a_bell_fails_for_the_last_time_is_no_incident_yet(
    notification: Notification, sinks: Sinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_then(alert: Alert) -> None:
        if alert.closed_at is None:
            tell(notification)
            raise OSError

    monkeypatch.setattr(bells, "broken", fail_then)
    sinks(BROKEN, RETRY_PAUSES=[])
    fail(notification)
    assert ring() == 2
    assert not Incident.objects.exists()
    assert not SinkCall.objects.exists()


def test_a_sink_that_is_taken_out_is_not_called_and_one_that_cannot_be_found_is_tried_again(
    notification: Notification, sinks: Sinks
) -> None:
    sinks(WORKS, "tests.nosuch.bell")
    fail(notification)
    sinks("tests.nosuch.bell")
    assert ring() == 1
    assert rung == []
    sinks()
    assert ring() == 0
    # What it was still owed is paid when it is back.
    sinks(WORKS)
    assert ring() == 1
