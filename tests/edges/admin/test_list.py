"""The list of notifications: what needs a person first, at the same cost however long it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm_notify import api
from crm_notify.admin import paging
from crm_notify.channels.registry import CHANNELS
from crm_notify.models import Activity, Incident, Notification
from crm_notify.rules.evidence import Kind
from crm_notify.steps.incident import note_incident
from crm_notify.steps.settle import settle
from tests.edges.admin.conftest import NOTIFICATIONS, attempt_of, bounce, hear

pytestmark = pytest.mark.django_db


def shown(client: Client, query: str = "") -> list[int]:
    """The ids on the page, from the top."""
    response = client.get(NOTIFICATIONS + query)
    assert response.status_code == 200
    return [row.pk for row in response.context["cl"].result_list]


def _sql(query: dict[str, str]) -> str:
    return query["sql"]


@pytest.fixture
def told(call: Callable[..., Activity]) -> Notification:
    notification = call().notifications.get()
    hear(attempt_of(notification), Kind.DELIVERED)
    return notification


@pytest.fixture
def unclear(call: Callable[..., Activity]) -> Notification:
    notification = call().notifications.get()
    hear(attempt_of(notification), Kind.UNCONFIRMED, provider="")
    return notification


@pytest.fixture
def queued(call: Callable[..., Activity]) -> Notification:
    return call().notifications.get()


def test_what_stands_in_front_of_a_person_comes_first_and_alone(
    admin: Client,
    failed: Notification,
    told: Notification,
    unclear: Notification,
    queued: Notification,
) -> None:
    assert shown(admin) == [unclear.pk, failed.pk]


def test_everything_is_one_click_away(
    admin: Client, failed: Notification, told: Notification, queued: Notification
) -> None:
    page = admin.get(NOTIFICATIONS)
    assert b"?outcome=all" in page.content
    assert shown(admin, "?outcome=all") == [queued.pk, told.pk, failed.pk]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("?outcome=told", "told"),
        ("?outcome=unclear", "unclear"),
        ("?outcome=in_flight", "queued"),
        ("?dispatch=queued", "queued"),
        ("?blame=address", "failed"),
        ("?channel=email&outcome=told", "told"),
    ],
)
def test_each_filter_shows_what_it_says(
    query: str,
    name: str,
    admin: Client,
    failed: Notification,
    told: Notification,
    unclear: Notification,
    queued: Notification,
) -> None:
    rows = {"failed": failed, "told": told, "unclear": unclear, "queued": queued}
    assert shown(admin, query) == [rows[name].pk]


def test_a_choice_that_does_not_exist_shows_what_needs_a_person(
    admin: Client, failed: Notification, told: Notification
) -> None:
    assert shown(admin, "?outcome=nonsense&blame=nonsense") == [failed.pk]


def test_channels_are_a_choice_where_there_are_several(
    admin: Client, failed: Notification, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert b"?channel=email" not in admin.get(NOTIFICATIONS).content
    monkeypatch.setitem(CHANNELS, "sms", CHANNELS["email"])
    assert b"?channel=email" in admin.get(NOTIFICATIONS).content
    assert shown(admin, "?channel=sms") == []
    assert shown(admin, "?channel=all") == [failed.pk]


def test_a_row_says_who_and_what_and_why_and_who_must_act(
    admin: Client, failed: Notification
) -> None:
    page = admin.get(NOTIFICATIONS).content.decode()
    for text in (
        "John",
        "john@example.com",
        "Contoso",
        "Janet Smith logged a call",
        "failed</span>",
        "in front of Janet Smith",
        "the address does not exist",
        "550 5.1.1 user unknown",
    ):
        assert text in page


def test_a_row_says_who_has_seen_the_warning_and_that_it_was_sent_again(
    admin: Client, failed: Notification, janet: Any
) -> None:
    api.acknowledge(api.open_alerts(janet).get(), by=janet)
    api.resend(failed, by=janet)
    page = admin.get(NOTIFICATIONS).content.decode()
    assert "sent again, in front of Janet Smith (has seen it)" in page


def test_a_failure_that_nobody_stands_behind_is_the_admins(
    admin: Client, call: Callable[..., Activity]
) -> None:
    bounce(call(actor=None).notifications.get())
    assert b"in front of the admins" in admin.get(NOTIFICATIONS).content


def test_a_refused_call_explains_itself(admin: Client, notification: Notification) -> None:
    attempt_of(notification, result="refused", code="401", detail="no such key", blame="sender")
    settle([notification.pk])
    page = admin.get(NOTIFICATIONS).content.decode()
    assert "401 no such key" in page


@pytest.mark.parametrize("number", [1, 50])
@pytest.mark.parametrize("query", ["", "?outcome=all"])
def test_a_page_costs_the_same_with_1_row_and_with_50(
    number: int,
    query: str,
    admin: Client,
    failures: Callable[[int], list[Notification]],
    django_assert_num_queries: Any,
) -> None:
    failures(number)
    # The session and its user; the count and the rows; why (two) and who must act; the notices.
    with django_assert_num_queries(9):
        page = admin.get(NOTIFICATIONS + query)
    assert len(page.context["cl"].result_list) == number


def test_no_list_counts_its_whole_table(
    admin: Client,
    failures: Callable[[int], list[Notification]],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
) -> None:
    failures(5)
    monkeypatch.setattr(paging, "MOST", 3)
    with django_assert_num_queries(9) as queries:
        page = admin.get(NOTIFICATIONS)
    counts = [sql for sql in map(_sql, queries) if "COUNT(*)" in sql and "_notification" in sql]
    assert ["LIMIT 4" in sql for sql in counts] == [True]
    assert page.context["cl"].result_count == 3
    assert b"There are more than these" in page.content


def test_texts_are_not_read_for_a_list(
    admin: Client, failed: Notification, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(9) as queries:
        admin.get(NOTIFICATIONS)
    rows = [sql for sql in map(_sql, queries) if '"crm_notify_activity"."verb"' in sql]
    assert len(rows) == 1
    assert '"crm_notify_activity"."text"' not in rows[0]


def test_held_sending_and_open_incidents_stand_above_the_list(
    admin: Client, failed: Notification
) -> None:
    assert b"crm-notify-notice" not in admin.get(NOTIFICATIONS).content
    api.hold_sending(by="Alice", reason="the provider changes")
    page = admin.get(NOTIFICATIONS).content.decode()
    assert "Sending is held by Alice: the provider changes" in page
    assert "1 incident is open." in page
    note_incident(Incident.Kind.SENDER, subject="sparkpost")
    assert "2 incidents are open." in admin.get(NOTIFICATIONS).content.decode()
