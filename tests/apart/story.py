"""What is promised of saves in another database; tests/flows/test_apart.py runs it by itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from crm_notify import api
from crm_notify.models import Activity, Incident
from crm_notify.steps.sweep import sweep
from crm_notify.steps.tracking import pend
from crm_notify.steps.tracking.acting import serving
from crm_notify.steps.tracking.finish import end_request
from tests.people import Clock
from tests.sales.models import Team

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "apart"])


def everybody(team: Team) -> Any:
    assert team._state.db == "apart"
    return get_user_model().objects.all()


def said() -> list[tuple[str, str, int]]:
    return [
        (activity.verb, activity.text, activity.notifications.count())
        for activity in Activity.objects.order_by("pk")
    ]


def test_a_request_tells_at_its_end_of_what_was_committed_there(janet: Any, john: Any) -> None:
    with serving(lambda: janet) as request:
        with transaction.atomic(using="apart"):
            team = Team.objects.create(name="North")
            with suppress(ZeroDivisionError), transaction.atomic(using="apart"):
                Team.objects.create(name="South")
                raise ZeroDivisionError
            team.name = "East"
            team.save()
            # Nothing is written before the other database has committed.
            assert not Activity.objects.exists()
        assert said() == [("founded a team", "", 0)]
        with suppress(ZeroDivisionError), transaction.atomic(using="apart"):
            team.name = "West"
            team.save()
            raise ZeroDivisionError
        end_request(request)
    assert said() == [("founded a team", "", 1)]
    activity = Activity.objects.get()
    assert (activity.actor, activity.target_label) == (janet, "East")


def test_without_a_request_the_sweep_tells_of_one_transaction_as_one(
    john: Any, clock: Clock
) -> None:
    with transaction.atomic(using="apart"):
        team = Team.objects.create(name="North")
        team.name = "East"
        team.save()
    assert said() == [("founded a team", "", 0)]
    team.name = "West"
    team.save()
    clock.forward(seconds=10)
    sweep()
    assert said() == [("founded a team", "", 1), ("changed", "Name: East -> West", 1)]


def test_what_was_rolled_back_here_was_saved_there_all_the_same(john: Any, clock: Clock) -> None:
    """As documented: two databases have two transactions."""
    with suppress(ZeroDivisionError), transaction.atomic():
        Team.objects.create(name="North")
        raise ZeroDivisionError
    assert Team.objects.count() == 1
    assert said() == []


def test_a_failure_of_ours_is_an_incident_when_it_has_been_saved(
    john: Any, crm_notify_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the save is to fail: it is too late for that."""

    def broken(*args: Any) -> None:
        raise RuntimeError("ours is down")

    crm_notify_settings(ON_RESOLVER_FAILURE="raise")
    monkeypatch.setattr(pend, "_write", broken)
    with transaction.atomic(using="apart"):
        Team.objects.create(name="North")
    assert Team.objects.count() == 1
    assert "ours is down" in Incident.objects.get().sample
    with api.untracked():
        Team.objects.create(name="South")
    assert said() == []


def lost() -> str:
    raise LookupError("no tenant")


def test_where_nobody_can_say_whose_it_is_that_too_waits_for_the_commit_there(
    john: Any, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(TENANT="tests.apart.story.lost", TRACK={})
    team = Team.objects.create(name="North")

    def record() -> Activity:
        return api.record_activity(actor=None, verb="met", target=team, recipients=[john])

    with suppress(ZeroDivisionError), transaction.atomic(using="apart"):
        record()
        raise ZeroDivisionError
    assert not Activity.objects.exists()
    assert not Incident.objects.exists()
    with transaction.atomic(using="apart"):
        assert record().pk is None
        assert not Activity.objects.exists()
    assert said() == [("met", "", 0)]
    assert Incident.objects.get().kind == "resolver"
