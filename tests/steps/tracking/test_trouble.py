"""The host's save never fails because of us, unless it wants to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction
from django.db.models import TextField

from crm_notify.models import Activity, Alert, Incident
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.sweep import sweep
from crm_notify.steps.tracking import finish, pend
from crm_notify.steps.tracking import track as tracks
from crm_notify.steps.tracking.acting import acting_user
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of
from tests.sales.models import Account, Call
from tests.steps.tracking.conftest import Serve, said, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("tracked_calls")]

HERE = "tests.steps.tracking.test_trouble"
Change = Callable[..., None]


def alice_acts() -> Any:
    return get_user_model().objects.filter(username="alice").first()


def nobody_knows() -> Any:
    raise LookupError("no request")


def broken_query(*args: Any, **kwargs: Any) -> Any:
    list(get_user_model().objects.raw("SELECT no_such_column FROM auth_user"))


def test_the_hosts_own_function_says_who_acts(
    served: Serve, acme: Account, alice: Any, crm_notify_settings: Change
) -> None:
    crm_notify_settings(CURRENT_USER=f"{HERE}.alice_acts")
    with served():
        Call.objects.create(account=acme)
    assert Activity.objects.get().actor == alice
    alice.delete()
    assert acting_user() is None


def ghosts(call: Call) -> list[Any]:
    """Kept since yesterday; one of them has been deleted meanwhile."""
    alice = get_user_model().objects.create(username="gone")
    kept = get_user_model().objects.get(pk=alice.pk)
    alice.delete()
    return [kept, call.account.owner if call.account else None]


def who_left(call: Call) -> Any:
    return get_user_model().objects.get(username="who-left")


def test_whoever_is_no_user_any_more_keeps_nobody_else_from_being_told(
    served: Serve, acme: Account, track: Callable[..., None]
) -> None:
    track(tell=[f"{HERE}.ghosts"])
    with served():
        Call.objects.create(account=acme)
    assert told(Activity.objects.get()) == {"john"}
    assert "no users any more" in Incident.objects.get(kind="tracking").sample


def test_a_property_that_fails_is_told_and_not_taken_for_nobody(
    served: Serve, acme: Account, track: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Call, "chief", property(who_left), raising=False)
    track(tell=["chief", "account.owner"])
    with served():
        Call.objects.create(account=acme)
    assert told(Activity.objects.get()) == {"john"}
    assert Incident.objects.get(kind="tracking").subject == "sales.Call: tell chief"


def test_whose_name_cannot_be_read_has_no_address_which_somebody_sees(
    served: Serve, acme: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_user_model(), "get_full_name", nobody_knows_him)
    with served():
        Call.objects.create(account=acme)
    assert Activity.objects.get().notifications.get().address == ""
    deliver()
    assert Alert.objects.filter(closed_at=None).exists()


def nobody_knows_him(user: Any) -> str:
    if user.username == "john":
        raise LookupError("The directory is down.")
    return str(user.username)


class Wordless(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


def test_an_error_without_words_is_borne_too(
    served: Serve, acme: Account, track: Callable[..., None]
) -> None:
    track(tell=[f"{HERE}.wordless"])
    with served():
        Call.objects.create(account=acme)
    assert Incident.objects.get(kind="tracking").sample.endswith("Wordless")


def wordless(call: Call) -> Any:
    raise Wordless


def test_what_cannot_be_finished_is_tried_more_and_more_seldom_and_the_admins_hear_of_it(
    acme: Account, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    Call.objects.create(account=acme)
    with monkeypatch.context() as broken:
        broken.setattr(finish, "queue_for", broken_query)
        for _ in range(30):
            clock.forward(minutes=5)
            sweep()
    assert 1 < Incident.objects.get(kind="tracking", subject="recipients").count < 10
    clock.forward(hours=2)
    sweep()
    assert told(Activity.objects.get()) == {"john"}


def test_a_model_that_is_gone_and_an_entry_that_was_taken_out_are_told(
    acme: Account, clock: Clock, track: Callable[..., None]
) -> None:
    Call.objects.create(account=acme)
    Call.objects.create(account=acme)
    first = Activity.objects.earliest("pk")
    first.pending = {**(first.pending or {}), "model": "sales.Parcel"}
    first.save()
    track("sales.Account", created="opened", changed=..., on=..., tell=...)
    clock.forward(minutes=1)
    sweep()
    subjects = set(Incident.objects.values_list("subject", flat=True))
    assert subjects == {"sales.Parcel: unknown", "sales.Call: not tracked any more"}


def test_where_nobody_can_say_whose_it_is_nobody_is_told_and_the_admins_hear_of_it(
    served: Serve, acme: Account, crm_notify_settings: Change
) -> None:
    crm_notify_settings(TENANT=f"{HERE}.nobody_knows")
    with served():
        Call.objects.create(account=acme)
    assert not Activity.objects.exists()
    assert Incident.objects.get(kind="tracking").subject == "CRM_NOTIFY TENANT"


@pytest.mark.parametrize("begin", [transaction.atomic, None])
def test_whoever_cannot_be_said_is_the_system(
    begin: Any, served: Serve, acme: Account, crm_notify_settings: Change
) -> None:
    crm_notify_settings(CURRENT_USER=f"{HERE}.nobody_knows")
    with served():
        if begin is None:
            Call.objects.create(account=acme)
        else:
            with begin():
                Call.objects.create(account=acme)
    activity = Activity.objects.get()
    assert (activity.actor, told(activity)) == (None, {"john"})
    assert "no request" in Incident.objects.get().sample


@pytest.mark.parametrize(
    ("place", "name"),
    [(tracks, "_columns"), (pend, "_write"), (tracks, "_others")],
)
def test_a_failure_of_ours_is_an_incident_and_the_save_goes_on(
    place: Any,
    name: str,
    served: Serve,
    acme: Account,
    bob: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = Call.objects.create(account=acme)
    call.participants.add(bob)
    monkeypatch.setattr(place, name, broken_query)
    with served(), transaction.atomic():
        call.outcome = "won"
        call.save()
        call.participants.remove(bob)
    call.refresh_from_db()
    assert (call.outcome, call.participants.count()) == ("won", 0)
    assert Incident.objects.get(subject="sales.Call: save").kind == "tracking"


@pytest.mark.parametrize(("place", "name"), [(tracks, "_columns"), (pend, "_write")])
def test_the_save_fails_where_the_host_wants_that(
    place: Any,
    name: str,
    served: Serve,
    acme: Account,
    monkeypatch: pytest.MonkeyPatch,
    crm_notify_settings: Change,
) -> None:
    crm_notify_settings(ON_RESOLVER_FAILURE="raise")
    call = Call.objects.create(account=acme)
    monkeypatch.setattr(place, name, broken_query)
    call.outcome = "won"
    with served(), pytest.raises(DatabaseError), transaction.atomic():
        call.save()
    call.refresh_from_db()
    assert call.outcome == "open"
    assert not Incident.objects.exists()


def test_an_incident_that_cannot_be_noted_is_no_reason_either(
    served: Serve, acme: Account, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(pend, "_write", broken_query)
    monkeypatch.setattr("crm_notify.steps.tracking.bear.note_incident", broken_query)
    with served(), transaction.atomic():
        Call.objects.create(account=acme)
    assert Call.objects.count() == 1
    assert "could not be noted" in caplog.text


def test_a_value_that_no_serializer_knows_is_kept_all_the_same(
    served: Serve, acme: Account, track: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host's own kind of field may hand a document over."""
    track(changed=["note"])
    call = Call.objects.create(account=acme, note="a")
    monkeypatch.setattr(
        TextField, "value_to_string", lambda field, holder: {"v": holder.note, "at": pytest}
    )
    with served():
        call.note = "b"
        call.save()
    assert said()[-1][1].startswith('Note: {"at": "<module')


def test_a_row_that_is_gone_when_it_was_saved_is_no_change(
    served: Serve, acme: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may delete it between our two looks."""
    call = Call.objects.create(account=acme)
    found = [{"outcome": "open"}, None]
    monkeypatch.setattr(tracks, "_columns", lambda *args, **kwargs: found.pop(0))
    with served():
        call.outcome = "won"
        call.save()
    assert [verb for verb, _ in said()] == ["logged a call"]


def test_the_failure_of_a_system_act_stands_before_the_admins_at_once(
    acme: Account, post: Callable[..., Any]
) -> None:
    with transaction.atomic():
        Call.objects.create(account=acme)
    notification = Activity.objects.get().notifications.get()
    deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    interpret()
    alert = Alert.objects.get(closed_at=None)
    assert (alert.role, alert.person) == ("admins", None)
