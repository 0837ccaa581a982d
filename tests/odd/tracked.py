"""Tracking at an odd host; tests/flows/test_apart.py runs it in a process of its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from crm_notify.models import Activity, Incident
from crm_notify.steps.sweep import sweep
from crm_notify.steps.tracking.acting import serving
from crm_notify.steps.tracking.finish import end_request
from tests.odd.models import Person
from tests.people import Clock
from tests.sales.models import Account, Call

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(crm_notify_settings: Any) -> dict[str, Any]:
    entry = {
        "on": "account",
        "created": "logged a call",
        "changed": ["due"],
        "tell": ["account.owner", "group", "participants"],
    }
    crm_notify_settings(TRACK={"sales.Call": entry})
    return {name: Person.objects.create(login=name) for name in ("janet", "john")}


def test_users_without_names_and_naive_times_are_tracked_too(
    people: dict[str, Any], clock: Clock
) -> None:
    acme: Any = Account.objects.create(name="Acme", owner=people["john"])
    with serving(lambda: people["janet"]) as request:
        call = Call.objects.create(account=acme)
        call.due = timezone.datetime(2026, 1, 5, 9)
        call.save()
        end_request(request)
    activity = Activity.objects.get()
    assert (activity.actor, activity.resolve_at) == (people["janet"], None)
    assert activity.notifications.get().recipient == people["john"]
    call.due = timezone.datetime(2026, 1, 5, 9)
    call.save()
    assert Activity.objects.count() == 1
    call.due = None
    call.save()
    clock.forward(seconds=10)
    sweep()
    changed = Activity.objects.latest("pk")
    assert changed.text == "Due: Jan. 5, 2026, 9 a.m. -> -"
    assert changed.notifications.count() == 1


def test_where_users_have_no_groups_a_group_is_an_incident_and_the_rest_is_told(
    people: dict[str, Any],
) -> None:
    staff = Group.objects.create(name="staff")
    with transaction.atomic():
        call: Any = Call.objects.create(group=staff)
        call.participants.add(people["john"])
    assert Activity.objects.get().notifications.get().recipient == people["john"]
    assert Incident.objects.get().subject == "sales.Call: tell group"
