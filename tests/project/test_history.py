"""A customer's history says for each call and note who was told and who was not."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from crm_notify import api
from crm_notify.models import Notification
from crm_notify.views.knowing import Knower, knowers
from project.crm.history import history
from project.crm.log import log
from project.crm.models import Customer, Entry

LogIn = Callable[[str], Client]


@pytest.fixture
def janet(crm: None) -> User:
    return User.objects.get(username="janet")


@pytest.fixture
def call(contoso: Customer, janet: User) -> Entry:
    """Janet's call, of which John is to be told."""
    return log(Entry(customer=contoso, kind="call", text="Call her now."), by=janet)


def told_of(call: Entry) -> list[Knower]:
    (item,) = [item for item in history(call.customer) if item.entry == call]
    assert item.activity is not None
    return knowers(item.activity)


def bounce() -> Notification:
    """As settle leaves a notification whose address does not exist."""
    notification = Notification.objects.get()
    Notification.objects.update(outcome="failed", blame="address", due_at=None, dispatch="done")
    return notification


def test_at_first_john_is_being_told(call: Entry) -> None:
    (john,) = told_of(call)
    assert (john.name, john.state) == ("John Miller", "in_flight")
    assert john.words == "John Miller is being told at john@contoso.example"


def test_a_bounce_shows_that_john_was_not_told_and_why(logged_in: LogIn, call: Entry) -> None:
    bounce()
    (john,) = told_of(call)
    assert john.state == "failed"
    assert [miss.address for miss in john.missed] == ["john@contoso.example"]
    html = logged_in("janet").get(call.customer.get_absolute_url()).content.decode()
    assert "was not told" in html
    assert "the address does not exist" in html


def test_a_correction_stands_in_the_same_line_as_what_it_corrects(call: Entry, janet: User) -> None:
    api.resend(bounce(), by=janet, address="jon@contoso.example")
    (john,) = told_of(call)
    assert john.words == "John Miller is being told at jon@contoso.example"
    assert [miss.why for miss in john.missed] == ["the address does not exist"]


def test_who_was_told_in_person_was_told(call: Entry, janet: User) -> None:
    api.state_told(bounce(), by=janet, how="I phoned him.")
    (john,) = told_of(call)
    assert john.state == "told"


def test_john_is_told_when_he_opens_the_customer_himself(logged_in: LogIn, call: Entry) -> None:
    logged_in("bob").get(call.customer.get_absolute_url())
    assert told_of(call)[0].state == "in_flight"
    logged_in("john").get(call.customer.get_absolute_url())
    assert told_of(call)[0].words == "John Miller has seen it"


def test_the_address_that_was_meant_is_suggested(call: Entry) -> None:
    near = api.suggest(bounce())
    assert [miss.address for miss in near] == ["jon@contoso.example"]


def test_john_is_shown_on_every_page_what_did_not_reach_him(logged_in: LogIn, call: Entry) -> None:
    bounce()
    assert "1 message for you did not reach you" in logged_in("john").get("/").content.decode()
    assert "did not reach you" not in logged_in("janet").get("/").content.decode()


def test_entries_from_before_there_were_notifications_have_nobody_to_show(
    contoso: Customer,
) -> None:
    items = history(contoso)
    assert len(items) == 3
    assert all(item.activity is None for item in items)


def open_in_the_menu(client: Client) -> int | None:
    """The number beside "Warnings", or None where it is hidden."""
    html = client.get("/").content.decode()
    found = re.search(r"data-open-warnings( hidden)?><span>(\d+)<", html)
    assert found is not None
    return None if found.group(1) else int(found.group(2))


def test_the_menu_counts_the_warnings_that_stand_open(logged_in: LogIn, call: Entry) -> None:
    assert open_in_the_menu(logged_in("janet")) is None
    notification = bounce()
    api.open_alerts(notification.activity.actor).model.objects.create(
        chain=notification,
        notification=notification,
        person=notification.activity.actor,
        opened_at=notification.created_at,
        due_at=notification.created_at,
    )
    assert open_in_the_menu(logged_in("janet")) == 1
    assert open_in_the_menu(logged_in("bob")) is None
