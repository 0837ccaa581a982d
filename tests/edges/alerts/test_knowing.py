"""Beside an act stands who knows of it and who does not, why, and since when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.template import Context, Template

from crm_notify import api
from crm_notify.models import Activity, Event, Notification
from crm_notify.rules.evidence import Kind
from crm_notify.views.knowing import knowers
from tests.crm.models import Customer
from tests.edges.alerts.conftest import in_words
from tests.edges.alerts.failing import arrive, bounce, hear

pytestmark = pytest.mark.django_db

TAG = Template("{% load crm_notify %}{% crm_notify_told activity %}")

Call = Callable[..., Activity]


def says(activity: Activity | None) -> str:
    return in_words(TAG.render(Context({"activity": activity})))


def test_at_first_he_is_being_told(call: Call) -> None:
    assert says(call()).startswith("John is being told at john@example.com ")


def test_a_bounce_is_said_with_its_address_and_reason(call: Call) -> None:
    activity = call()
    bounce(activity.notifications.get())
    said = says(activity)
    assert said.startswith("John was not told ")
    assert "john@example.com: the address does not exist" in said


def test_what_was_corrected_is_one_person_and_both_addresses(
    call: Call, alice: Any, janet: Any
) -> None:
    activity = call()
    failed = bounce(activity.notifications.get()).notification
    again = api.resend(failed, by=alice, address="jon@example.com")
    assert says(activity).startswith("John is being told at jon@example.com")
    arrive(again)
    said = says(activity)
    assert said.startswith("John was told at jon@example.com")
    assert "john@example.com: the address does not exist" in said
    assert len(knowers(activity)) == 1


def test_a_persons_word_counts_while_a_resend_is_under_way(call: Call, alice: Any) -> None:
    activity = call()
    failed = bounce(activity.notifications.get()).notification
    api.resend(failed, by=alice, address="jon@example.com")
    api.state_told(failed, by=alice, how="I met him")
    assert "John knows; Alice: “I met him”" in says(activity)


def test_whoever_saw_it_knows(call: Call, john: Any, contoso: Customer) -> None:
    activity = call()
    api.mark_seen(contoso, user=john)
    (knower,) = knowers(activity)
    assert (knower.words, knower.state) == ("John has seen it", "told")
    assert knower.since == Event.objects.get(kind="seen").occurred_at
    assert knower.when


def test_a_statement_without_its_author_or_forgotten_leaves_the_fact(
    call: Call, janet: Any
) -> None:
    activity = call()
    api.state_told(activity.notifications.get(), by=janet, how="I phoned")
    Event.objects.update(author_name="")
    assert "John knows: “I phoned”" in says(activity)
    Event.objects.all().delete()
    assert says(activity).startswith("John was told ")


def test_what_is_unclear_presumed_or_closed_is_never_said_to_be_known(
    call: Call, alice: Any
) -> None:
    activity = call()
    row = activity.notifications.get()
    hear(row, Kind.UNCONFIRMED)
    assert "Nobody knows whether John was told" in says(activity)
    Notification.objects.update(outcome="presumed")
    assert "John was presumably told: nothing came back" in says(activity)
    bounce(row)
    api.close(row, by=alice, reason="He has left")
    assert "John was not told; this was closed" in says(activity)


def test_hostile_words_stay_words(call: Call, janet: Any) -> None:
    activity = call()
    api.state_told(activity.notifications.get(), by=janet, how="<b>I phoned</b>")
    page = TAG.render(Context({"activity": activity}))
    assert "&lt;b&gt;I phoned" in page


def test_nobody_was_to_be_told(call: Call) -> None:
    assert says(call(recipients=[])) == ""
    assert says(None) == ""


def test_a_history_costs_the_same_for_one_and_for_many(
    call: Call, contoso: Customer, john: Any, django_assert_num_queries: Any
) -> None:
    activities, notifications, testimony = 1, 1, 1
    for _ in range(3):
        call()
        api.mark_seen(contoso, user=john)
        with django_assert_num_queries(activities + notifications + testimony):
            for activity in api.history(contoso):
                says(activity)


def test_one_activity_alone_costs_two_queries(call: Call, django_assert_num_queries: Any) -> None:
    activity = call()
    with django_assert_num_queries(2):
        says(activity)
