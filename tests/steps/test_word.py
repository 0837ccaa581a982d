"""The words of a warning for a bell of the host's own are those of his screen."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings

from crm_notify import api
from crm_notify.models import Alert, Incident, Notification
from crm_notify.rules.evidence import Blame, Kind
from crm_notify.steps.incident import note_incident
from tests.crm.models import Customer
from tests.steps.failing import fail, hear

pytestmark = pytest.mark.django_db


def test_it_says_who_was_not_told_of_what_and_why_as_the_page_does(
    notification: Notification, janet: Any, contoso: Customer, client: Client
) -> None:
    fail(notification, blame=Blame.ADDRESS)
    alert = api.open_alerts(janet).get()
    told = api.describe(alert)
    assert told.headline == "John was not told"
    assert (told.what, told.target) == ("You logged a call", "Contoso")
    assert told.why == "There is no such mailbox."
    assert told.url == contoso.get_absolute_url()
    assert told.page == "/notify/alerts/"
    assert (told.standing, told.urgent, told.folded) == (True, False, False)
    client.force_login(janet)
    (shown,) = client.get("/notify/alerts.json").json()["alerts"]
    assert shown["headline"] == told.headline
    assert shown["what"] == f"{told.what}: {told.target}"
    assert shown["reason"] == told.why


def test_to_another_it_says_who_acted(notification: Notification, bob: Any, janet: Any) -> None:
    fail(notification)
    handed = api.hand_over(api.open_alerts(janet).get(), by=janet, to=bob)
    assert api.describe(handed).what == "Janet Smith logged a call"


def test_a_doubt_is_said_as_a_doubt(notification: Notification) -> None:
    hear(notification, Kind.UNCONFIRMED)
    told = api.describe(Alert.objects.get())
    assert told.headline == "Nobody knows whether John was told"
    assert told.why == "Nobody has confirmed that it arrived."


def test_a_link_that_no_page_should_follow_is_left_out(call: Any, janet: Any) -> None:
    row = call(url="java\nscript:alert(1)").notifications.get()
    fail(row)
    assert api.describe(api.open_alerts(janet).get()).url == ""


@override_settings(ROOT_URLCONF="tests.steps.test_word")
def test_where_our_pages_are_not_mounted_there_is_none(notification: Notification) -> None:
    fail(notification)
    assert api.describe(Alert.objects.get()).page == ""


urlpatterns: list[Any] = []


@pytest.mark.parametrize(("urgency", "folded"), [("normal", True), ("urgent", False)])
def test_what_is_one_of_many_says_so_unless_it_is_urgent(
    call: Any, janet: Any, urgency: str, folded: bool
) -> None:
    fail(call(urgency=urgency).notifications.get())
    note_incident(Incident.Kind.FAILURES, subject="example.com")
    Alert.objects.update(incident=Incident.objects.get())
    assert api.describe(api.open_alerts(janet).get()).folded is folded
    Incident.objects.update(closed_at="2026-01-01T00:00:00Z")
    assert not api.describe(api.open_alerts(janet).get()).folded
