"""Who is told and what is shown: read by paths and functions when all has been saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.utils.functional import SimpleLazyObject

from crm_notify import api
from crm_notify.models import Activity, Incident
from tests.sales.models import Account, Call, Profile, Secret
from tests.steps.tracking.conftest import Serve, told

pytestmark = pytest.mark.django_db

HERE = "tests.steps.tracking.test_reading"
Track = Callable[..., None]


def everybody(call: Call) -> Iterator[Any]:
    """People, a team, a relation, nothing: whatever a host's function may yield."""
    assert call.account is not None
    yield call.account.owner
    yield None
    yield [SimpleLazyObject(lambda: call.account and call.account.owner)]
    yield Group.objects.filter(name="staff")
    yield call.watchers


def nobody(call: Call) -> None:
    return None


def a_name(call: Call) -> list[str]:
    return ["john"]


def a_visitor(call: Call) -> list[Any]:
    return [AnonymousUser()]


def an_account(call: Call) -> Account | None:
    return call.account


def broken(call: Call) -> Any:
    return list(get_user_model().objects.raw("SELECT no_such_column FROM auth_user"))


def link_of(call: Call) -> str:
    return f"/elsewhere/{call.pk}/"


def long_link(call: Call) -> str:
    return "/" * 2001


def spoken(call: Call) -> str:
    return f"{call.outcome}!"


def at_once(call: Call) -> str:
    return "urgent"


def soon(call: Call) -> str:
    return "soon"


def log(served: Serve, acme: Account, **fields: Any) -> Activity:
    with served():
        call = Call.objects.create(account=acme, note="John: ring back", **fields)
        call.watchers.set(get_user_model().objects.filter(username="bob"))
    return Activity.objects.latest("pk")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("account.owner", {"john"}),
        ("account.team.members", {"bob"}),
        ("account.profile.manager", {"alice"}),
        ("account.calls.watchers", {"bob"}),
        ("account.owner.teams.members", set()),
        ("watchers", {"bob"}),
        ("followers", {"bob"}),
        ("group", set()),
        (f"{HERE}.everybody", {"john", "bob", "alice"}),
        (f"{HERE}.nobody", set()),
    ],
)
def test_a_path_leads_over_every_kind_of_relation(
    path: str, expected: set[str], served: Serve, acme: Account, alice: Any, track: Track
) -> None:
    Profile.objects.create(account=acme, manager=alice)
    Group.objects.create(name="staff").user_set.add(alice)
    track(tell=[path])
    assert told(log(served, acme)) == expected
    assert not Incident.objects.exists()


def test_a_group_is_its_active_members(
    served: Serve, acme: Account, bob: Any, alice: Any, track: Track
) -> None:
    staff = Group.objects.create(name="staff")
    staff.user_set.add(bob, alice)
    alice.is_active = False
    alice.save()
    track(tell=["group", "account.profile.manager"])
    assert told(log(served, acme, group=staff)) == {"bob"}


def test_the_actor_and_whoever_does_not_want_it_are_not_told(
    served: Serve, acme: Account, janet: Any, bob: Any, john: Any, track: Track
) -> None:
    assert acme.team is not None
    acme.team.members.add(janet, john)
    api.set_wanted(john, False)
    track(tell=["account.team.members"])
    assert told(log(served, acme)) == {"bob"}


def test_without_tell_the_resolver_is_asked(
    served: Serve, acme: Account, bob: Any, track: Track
) -> None:
    api.set_wanted(bob, True, target=acme)
    track(tell=...)
    assert told(log(served, acme)) == {"bob"}
    track(tell=[])
    assert told(log(served, acme)) == set()


def test_a_failing_resolver_loses_no_activity(
    served: Serve, acme: Account, track: Track, settings: Any
) -> None:
    track(tell=...)
    settings.CRM_NOTIFY = {**settings.CRM_NOTIFY, "RESOLVER": f"{HERE}.broken"}
    assert told(log(served, acme)) == set()
    assert Incident.objects.get().subject == "sales.Call: resolver"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("", "/accounts/{account}/", "normal")),
        ({"text": "note"}, ("John: ring back", "/accounts/{account}/", "normal")),
        ({"text": "author"}, ("John", "/accounts/{account}/", "normal")),
        ({"text": "account.team.members"}, ("bob", "/accounts/{account}/", "normal")),
        ({"text": f"{HERE}.spoken"}, ("open!", "/accounts/{account}/", "normal")),
        ({"link": "page"}, ("", "/calls/{call}/", "normal")),
        ({"link": f"{HERE}.link_of"}, ("", "/elsewhere/{call}/", "normal")),
        ({"urgency": "urgent"}, ("", "/accounts/{account}/", "urgent")),
        ({"urgency": f"{HERE}.at_once"}, ("", "/accounts/{account}/", "urgent")),
        ({"urgency": f"{HERE}.nobody"}, ("", "/accounts/{account}/", "normal")),
        ({"on": ...}, ("", "", "normal")),
    ],
)
def test_text_link_and_urgency_are_read_from_the_record(
    given: dict[str, Any],
    expected: tuple[str, str, str],
    served: Serve,
    acme: Account,
    track: Track,
) -> None:
    track(**given)
    activity = log(served, acme)
    assert not Incident.objects.exists()
    text, url, urgency = expected
    url = url.format(account=acme.pk, call=Call.objects.get().pk)
    assert (activity.text, activity.url, activity.urgency) == (text, url, urgency)


@pytest.mark.parametrize(("urgent", "expected"), [(True, "urgent"), (False, "normal")])
def test_a_truth_value_is_an_urgency_too(
    urgent: bool, expected: str, served: Serve, acme: Account, track: Track
) -> None:
    track(urgency="hurry")
    assert log(served, acme, urgent=urgent).urgency == expected


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ({"on": "elsewhere"}, "on"),
        ({"on": "acount"}, "on"),
        ({"tell": ["account.boss", "account.owner"]}, "tell account.boss"),
        ({"tell": ["account.owner", "no.such.function"]}, "tell no.such.function"),
        ({"text": f"{HERE}.broken"}, "text"),
        ({"link": f"{HERE}.broken"}, "link"),
        ({"link": f"{HERE}.long_link"}, "link"),
        ({"urgency": f"{HERE}.soon"}, "urgency"),
        ({"tell": ["account.owner", f"{HERE}.broken"]}, f"tell {HERE}.broken"),
        ({"tell": [f"{HERE}.a_name", "account.owner"]}, f"tell {HERE}.a_name"),
        ({"tell": [f"{HERE}.a_visitor", "account.owner"]}, f"tell {HERE}.a_visitor"),
        ({"tell": [f"{HERE}.an_account", "account.owner"]}, f"tell {HERE}.an_account"),
    ],
)
def test_what_fails_is_an_incident_and_all_the_rest_is_told(
    given: dict[str, Any], subject: str, served: Serve, acme: Account, track: Track
) -> None:
    track(**given)
    activity = log(served, acme)
    assert told(activity) == {"john"}
    assert activity.resolve_at is None
    incident = Incident.objects.get()
    assert (incident.kind, incident.subject) == ("tracking", f"sales.Call: {subject}")
    assert f"activity {activity.pk}" in incident.sample


def test_a_record_that_cannot_say_its_name_is_told_by_its_number(
    served: Serve, john: Any, track: Track
) -> None:
    track("sales.Secret", on=..., changed=["word", "owner"], tell=["owner"])
    with served():
        secret = Secret.objects.create(owner=john, word="x")
    activity = Activity.objects.get()
    assert (activity.target_label, told(activity)) == (f"Secret {secret.pk}", {"john"})
    assert not Incident.objects.exists()


def test_a_record_with_a_uuid_is_tracked_by_itself(served: Serve, john: Any, track: Track) -> None:
    track("sales.Account", on=..., changed=["name"], tell=["owner"], created="won a customer")
    with served():
        account = Account.objects.create(name="Acme", owner=john)
    with served():
        account.name = "Acme Ltd"
        account.save()
    assert [told(activity) for activity in Activity.objects.all()] == [{"john"}] * 2
    assert api.history(account).first().text == "Name: Acme -> Acme Ltd"  # type: ignore[union-attr]
