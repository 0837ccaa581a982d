"""Saves within saves, of proxies and children, of fixtures and imports, and in bulk."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import serializers
from django.db import transaction
from django.db.models.signals import post_save, pre_save

from crm_notify import api
from crm_notify.models import Activity
from tests.sales.models import Account, Call, ColdCall, Visit
from tests.steps.tracking.conftest import Serve, said, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tracked_calls")]

CHANGED = "changed a call"


@pytest.fixture
def call(acme: Account) -> Call:
    """A call that nobody has heard of."""
    with api.untracked():
        return Call.objects.create(account=acme, note="They are ready.")


def test_a_receiver_that_saves_again_is_no_second_activity(
    served: Serve, call: Call, acme: Account
) -> None:
    """As hosts do it: the first receiver gives the record a number and saves it again."""

    def number(instance: Call, **kwargs: Any) -> None:
        if instance.price is None:
            instance.price = Decimal(instance.pk)
            instance.save()

    before = post_save.receivers
    post_save.connect(number, sender=Call, weak=False, dispatch_uid="number")
    # It comes before ours, as one that stands in the host's models.py does.
    post_save.receivers = [post_save.receivers[-1], *post_save.receivers[:-1]]
    post_save.sender_receivers_cache.clear()
    try:
        with served():
            call.outcome = "won"
            call.save()
        with served():
            Call.objects.create(account=acme)
    finally:
        post_save.receivers = before
        post_save.disconnect(sender=Call, dispatch_uid="number")
    assert said() == [
        (CHANGED, f"Outcome: Open -> Won\nPrice: - -> {call.pk}.00"),
        ("logged a call", ""),
    ]


def test_a_receiver_that_saves_what_is_not_noticed_again_changes_nothing(
    served: Serve, acme: Account, track: Callable[..., None]
) -> None:
    track(created=False)
    with served():
        call = Call(account=acme)

        def number(instance: Call, **kwargs: Any) -> None:
            if instance.price is None:
                instance.price = Decimal(5)
                instance.save()

        before = post_save.receivers
        post_save.connect(number, sender=Call, weak=False, dispatch_uid="number")
        post_save.receivers = [post_save.receivers[-1], *post_save.receivers[:-1]]
        post_save.sender_receivers_cache.clear()
        try:
            call.save()
        finally:
            post_save.receivers = before
            post_save.disconnect(sender=Call, dispatch_uid="number")
    assert not Activity.objects.exists()


def test_a_save_that_fails_leaves_nothing_behind(served: Serve, call: Call) -> None:
    with served():
        for _ in range(20):
            call.price = "no number"
            with pytest.raises(Exception, match="decimal"), transaction.atomic():
                call.save()
        call.price = Decimal(5)
        call.save()
    assert said() == [(CHANGED, "Price: - -> 5.00")]


def test_a_proxy_and_a_child_are_tracked_with_their_parent(
    served: Serve, acme: Account, bob: Any
) -> None:
    with served():
        visit = Visit.objects.create(account=acme, place="Berlin")
        cold = ColdCall.objects.create(account=acme)
        Call.objects.get(pk=cold.pk).participants.add(bob)
    assert [verb for verb, _ in said()] == ["logged a call"] * 2
    assert told(Activity.objects.latest("pk")) == {"john", "bob"}
    with served():
        visit.outcome = "won"
        visit.save()
        visit.participants.add(bob)
    assert said()[2] == (CHANGED, "Outcome: Open -> Won\nParticipants: +bob")


def test_the_nearest_entry_is_asked(
    served: Serve, acme: Account, crm_notify_settings: Callable[..., None]
) -> None:
    entries = {
        "sales.Call": {"created": "logged a call"},
        "sales.Visit": {"created": "paid a visit"},
    }
    crm_notify_settings(TRACK=entries)
    with served():
        Visit.objects.create(account=acme)
    assert said() == [("paid a visit", "")]


def test_fixtures_are_no_activity(served: Serve, call: Call) -> None:
    data = serializers.serialize("json", [call]).replace('"open"', '"won"')
    with served():
        for item in serializers.deserialize("json", data):
            item.save()
    call.refresh_from_db()
    assert call.outcome == "won"
    assert not Activity.objects.exists()


def test_untracked_tells_nobody(served: Serve, acme: Account, bob: Any) -> None:
    with served():
        with api.untracked():
            call = Call.objects.create(account=acme)
            call.outcome = "won"
            call.save()
            call.participants.add(bob)
        assert not Activity.objects.exists()
        call.outcome = "lost"
        call.save()
    assert said() == [(CHANGED, "Outcome: Won -> Lost")]


def test_a_bulk_write_that_the_host_announces_itself_is_an_activity(
    served: Serve, acme: Account
) -> None:
    """Some hosts do so for the sake of other receivers."""
    with served():
        (call,) = Call.objects.bulk_create([Call(account=acme)])
        pre_save.send(sender=Call, instance=call)
        post_save.send(sender=Call, instance=call, created=True)
        post_save.send(sender=Call, instance=Call(pk=call.pk))
    assert said() == [("logged a call", "")]


def test_bulk_writes_announce_nothing(served: Serve, call: Call, acme: Account) -> None:
    with served():
        Call.objects.bulk_create([Call(account=acme)])
        Call.objects.update(outcome="won")
        Call.objects.bulk_update([call], ["outcome"])
    assert not Activity.objects.exists()
