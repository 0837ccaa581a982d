"""What of a save is an activity: what has really changed in the database, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core import serializers
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext

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


def test_a_new_record_is_an_activity_about_the_one_it_belongs_to(
    served: Serve, acme: Account, janet: Any
) -> None:
    with served():
        Call.objects.create(account=acme)
    activity = Activity.objects.get()
    assert (activity.actor, activity.verb, activity.target) == (janet, "logged a call", acme)
    assert (activity.target_label, activity.url) == ("Acme", f"/accounts/{acme.pk}/")
    assert (activity.resolve_at, activity.pending) == (None, None)
    assert told(activity) == {"john"}


def test_a_record_that_belongs_to_none_is_about_itself(served: Serve, bob: Any) -> None:
    with served():
        call = Call.objects.create()
        call.participants.add(bob)
    activity = Activity.objects.get()
    assert (activity.target, activity.url) == (call, "")
    assert told(activity) == {"bob"}


def test_an_unchanged_save_is_no_activity(served: Serve, call: Call) -> None:
    with served():
        call.save()
        call.note = "Nobody asks for this field."
        call.save()
    assert not Activity.objects.exists()


def test_a_change_is_said_in_the_values_that_people_see(served: Serve, call: Call) -> None:
    with served():
        call.outcome, call.price = "won", Decimal("1250.5")
        call.due = datetime(2026, 1, 5, 9, tzinfo=UTC)
        call.save()
    assert said() == [
        (
            CHANGED,
            "Outcome: Open -> Won\nPrice: - -> 1250.50\nDue: - -> Jan. 5, 2026, 9 a.m.",
        )
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "12.50"),
        ("price", 12.5),
        ("price", Decimal("12.500")),
        ("due", datetime(2026, 1, 5, 9, tzinfo=UTC)),
    ],
)
def test_the_same_value_in_another_form_is_no_change(
    served: Serve, call: Call, field: str, value: Any
) -> None:
    Call.objects.update(price=Decimal("12.50"), due=datetime(2026, 1, 5, 9, tzinfo=UTC))
    call.refresh_from_db()
    with served():
        setattr(call, field, value)
        call.save()
    assert not Activity.objects.exists()


def test_an_expression_counts_as_what_the_database_makes_of_it(served: Serve, call: Call) -> None:
    Call.objects.update(price=10)
    with served():
        call.price = F("price") + 0
        call.save()
        call.refresh_from_db()
        call.price = F("price") * 2
        call.outcome = Concat(Value("lo"), Value("st"))
        call.save()
    assert said() == [(CHANGED, "Outcome: Open -> Lost\nPrice: 10.00 -> 20.00")]


def test_a_stale_instance_is_compared_with_the_database(served: Serve, call: Call) -> None:
    stale = Call.objects.get()
    Call.objects.update(outcome="won")
    with served():
        stale.save()
    assert said() == [(CHANGED, "Outcome: Won -> Open")]


def test_a_record_made_by_hand_is_compared_with_the_database(
    served: Serve, call: Call, acme: Account
) -> None:
    with served():
        Call(pk=call.pk, account=acme, outcome="open").save()
        assert not Activity.objects.exists()
        Call(pk=call.pk, account=acme, outcome="lost").save()
        Call(pk=call.pk + 1, account=acme).save()
    assert said() == [(CHANGED, "Outcome: Open -> Lost"), ("logged a call", "")]


def test_a_deferred_field_is_not_read_and_not_told(served: Serve, call: Call) -> None:
    with served():
        partly = Call.objects.only("note").get()
        partly.note = "x"
        with CaptureQueriesContext(connection) as queries:
            partly.save()
        assert len(queries) == 1
        partly.outcome = "won"
        partly.save()
    assert said() == [(CHANGED, "Outcome: Open -> Won")]


def test_update_fields_decide_what_could_have_changed(served: Serve, call: Call) -> None:
    with served():
        call.outcome, call.note = "won", "x"
        with CaptureQueriesContext(connection) as queries:
            call.save(update_fields=["note"])
        assert len(queries) == 1
        assert not Activity.objects.exists()
        call.save(update_fields=["outcome"])
    assert said() == [(CHANGED, "Outcome: Open -> Won")]


def test_a_foreign_key_is_said_by_the_names_of_both(
    served: Serve, call: Call, acme: Account, track: Callable[..., None]
) -> None:
    track(changed=["account_id"])
    with served():
        call.account = Account.objects.create(name="Globex")
        call.save(update_fields=["account"])
    assert said() == [("changed", "Account: Acme -> Globex")]
    acme_id = acme.pk
    with served():
        call.account_id = acme_id
        call.save(update_fields=["account_id"])
        Account.objects.filter(name="Globex").delete()
    assert said()[1][1].endswith("-> Acme")


def test_truth_values_texts_and_documents_are_said_too(
    served: Serve, call: Call, track: Callable[..., None]
) -> None:
    track(changed=["urgent", "note", "extra"])
    with served():
        call.urgent, call.note, call.extra = True, "Line one\nline two", {"b": 1, "a": [None]}
        call.save()
    assert said()[0][1].splitlines() == [
        "Urgent: no -> yes",
        "Note: They are ready. -> Line one line two",
        'Extra: {} -> {"a": [null], "b": 1}',
    ]


def test_two_saves_in_one_request_are_one(served: Serve, acme: Account) -> None:
    with served():
        call = Call.objects.create(account=acme)
        call.outcome = "won"
        call.save()
    assert said() == [("logged a call", "")]


def test_changes_are_united_and_what_returns_is_none(served: Serve, call: Call) -> None:
    with served():
        for outcome, price in (("won", None), ("lost", 5), ("lost", None)):
            call.outcome, call.price = outcome, price
            call.save()
    assert said() == [(CHANGED, "Outcome: Open -> Lost")]
    with served():
        call.outcome = "won"
        call.save()
        call.outcome = "lost"
        call.save()
    assert len(said()) == 1


def test_two_records_are_two_and_so_are_two_requests(served: Serve, acme: Account) -> None:
    with served():
        first, _ = Call.objects.create(account=acme), Call.objects.create(account=acme)
    with served():
        first.outcome = "won"
        first.save()
    assert [verb for verb, _ in said()] == ["logged a call", "logged a call", CHANGED]


def test_a_creation_that_is_not_noticed_takes_its_changes_along(
    served: Serve, acme: Account, bob: Any, track: Callable[..., None]
) -> None:
    """A form that saves twice, for a model of which only changes are to be told."""
    track(created=False)
    with served():
        call = Call.objects.create(account=acme)
        call.outcome = "won"
        call.save()
        call.participants.add(bob)
    assert not Activity.objects.exists()
    with served():
        call.outcome = "lost"
        call.save()
    assert len(said()) == 1


def test_a_creation_alone_asks_nothing_of_the_database_beforehand(
    served: Serve, call: Call, track: Callable[..., None]
) -> None:
    track(changed=[])
    call.outcome = "won"
    with served(), CaptureQueriesContext(connection) as queries:
        call.save()
    assert len(queries) == 1


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


def test_bulk_writes_announce_nothing(served: Serve, call: Call, acme: Account) -> None:
    with served():
        Call.objects.bulk_create([Call(account=acme)])
        Call.objects.update(outcome="won")
        Call.objects.bulk_update([call], ["outcome"])
    assert not Activity.objects.exists()
