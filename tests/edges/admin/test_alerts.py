"""Alerts: those that are open first; those of the admins, and one's own, by a click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.test import Client

from crm_notify import api
from crm_notify.models import Activity, Alert
from crm_notify.rules.evidence import Kind
from tests.edges.admin.conftest import attempt_of, hear, index, rows, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def alerts(call: Callable[..., Activity], janet: Any, alice: Any) -> dict[str, Alert]:
    def alert(actor: Any) -> Alert:
        notification = call(actor=actor).notifications.get()
        hear(attempt_of(notification), Kind.BOUNCED)
        return Alert.objects.get(chain=notification)

    found = {
        name: alert(who)
        for name, who in (("hers", janet), ("mine", alice), ("admins", None), ("past", janet))
    }
    api.state_told(found["past"].notification, by=alice, how="I phoned him")
    return found


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["admins", "mine", "hers"]),
        ("?person=admins", ["admins"]),
        ("?person=mine", ["mine"]),
        ("?state=past", ["past"]),
        ("?state=all", ["past", "admins", "mine", "hers"]),
    ],
)
def test_the_list(query: str, names: list[str], admin: Client, alerts: dict[str, Alert]) -> None:
    page = admin.get(index("alert") + query)
    assert rows(page) == [alerts[name].pk for name in names]


def test_a_page_leads_to_the_story(admin: Client, alerts: dict[str, Alert]) -> None:
    for name, state in (("admins", "the admins"), ("past", "the recipient was told")):
        page = admin.get(f"{index('alert')}{alerts[name].pk}/change/").content.decode()
        assert f"/notification/{alerts[name].notification_id}/change/" in page
        assert state in page


def test_acknowledging_is_logged(admin: Client, alerts: dict[str, Alert]) -> None:
    alert = alerts["admins"]
    path = f"{index('alert')}{alert.pk}/act/acknowledge/"
    assert said(admin.post(path, follow=True)) == ["Acknowledged."]
    alert.refresh_from_db()
    assert alert.acknowledged_at is not None
    assert LogEntry.objects.get().object_id == str(alert.pk)
    assert "seen</span>" in admin.get(index("alert")).content.decode()


def test_many_can_be_acknowledged(admin: Client, alerts: dict[str, Alert]) -> None:
    picked = [alerts["admins"].pk, alerts["hers"].pk]
    data = {"action": "acknowledge", "confirmed": "yes", ACTION_CHECKBOX_NAME: picked}
    response = admin.post(index("alert"), data, follow=True)
    assert said(response) == ["Acknowledge: done for 2 of 2."]


def test_somebody_elses_stays_his(staff: Callable[..., Client], alerts: dict[str, Alert]) -> None:
    client = staff("view_alert")
    path = f"{index('alert')}{alerts['hers'].pk}/act/acknowledge/"
    assert client.post(path).status_code == 403
    assert b'name="action"' not in client.get(index("alert")).content
