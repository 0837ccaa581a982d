"""Many-to-many relations: changed from either side, before or after the save, and net."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_notify import api
from crm_notify.models import Activity
from tests.sales.models import Account, Call, Team
from tests.steps.tracking.conftest import Serve, said, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tracked_calls")]

CHANGED = "changed a call"


@pytest.fixture
def call(acme: Account, bob: Any) -> Call:
    """A call of which nobody has heard, in which Bob took part."""
    with api.untracked():
        call = Call.objects.create(account=acme)
        call.participants.add(bob)
    return call


def test_recipients_that_are_set_after_the_save_are_found(
    served: Serve, acme: Account, bob: Any
) -> None:
    with served():
        call = Call.objects.create(account=acme)
        call.participants.set([bob])
        acme.team = None
        acme.owner = None
        acme.save()
    assert said() == [("logged a call", "")]
    assert told(Activity.objects.get()) == {"bob"}


def test_who_came_and_who_went_is_said(served: Serve, call: Call, alice: Any, janet: Any) -> None:
    with served():
        call.participants.set([alice, janet])
    assert said() == [(CHANGED, "Participants: +janet, +alice, -bob")]


def test_what_is_put_in_and_taken_out_again_was_never_there(
    served: Serve, call: Call, alice: Any, bob: Any
) -> None:
    with served():
        call.participants.add(alice, bob)
        call.participants.remove(alice)
        call.participants.clear()
        call.participants.add(bob)
        call.participants.remove(alice)
    assert not Activity.objects.exists()


def test_it_is_one_activity_with_the_save(served: Serve, call: Call, alice: Any) -> None:
    with served():
        call.participants.add(alice)
        call.outcome = "won"
        call.save()
        call.participants.clear()
    assert said() == [(CHANGED, "Outcome: Open -> Won\nParticipants: -bob")]


def test_the_other_side_changes_it_as_well(
    served: Serve, call: Call, acme: Account, alice: Any, bob: Any
) -> None:
    with api.untracked():
        other = Call.objects.create(account=acme)
    with served():
        alice.calls.add(call, other)
        bob.calls.remove(call, other)
    assert said() == [(CHANGED, "Participants: +alice, -bob"), (CHANGED, "Participants: +alice")]
    with served():
        alice.calls.clear()
    assert len(said()) == 4


def test_a_set_that_is_not_named_is_not_looked_at(
    served: Serve, call: Call, bob: Any, acme: Account
) -> None:
    with served():
        with CaptureQueriesContext(connection) as queries:
            call.watchers.add(bob)
        assert not [query for query in queries if "crm_notify" in query["sql"]]
        assert acme.team is not None
        acme.team.members.clear()
    assert not Activity.objects.exists()


def test_a_record_of_another_model_at_the_other_end_is_not_tracked(
    served: Serve, bob: Any, track: Callable[..., None], call: Call
) -> None:
    """Only the visits among the calls are; the relation belongs to all of them."""
    track("sales.Visit")
    with served():
        call.participants.remove(bob)
    assert not Activity.objects.exists()


def test_of_many_only_some_are_named(served: Serve, call: Call) -> None:
    model = get_user_model()
    users = model.objects.bulk_create([model(username=f"user{i:03}") for i in range(100)])
    with served():
        call.participants.add(*users)
    assert said()[0][1].endswith(", ... (+80)")
    assert said()[0][1].count("+user") == 20


def test_teams_are_expanded_and_none_and_the_inactive_left_out(
    served: Serve, acme: Account, bob: Any, alice: Any, track: Callable[..., None]
) -> None:
    alice.is_active = False
    alice.save()
    assert acme.team is not None
    acme.team.members.add(alice)
    Team.objects.create(name="South").members.add(alice)
    track(tell=["account.owner", "account.team.members", "group", "followers"])
    acme.owner = None
    acme.save()
    with served():
        Call.objects.create(account=acme)
    assert told(Activity.objects.get()) == {"bob"}
