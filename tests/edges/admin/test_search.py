"""Search: whatever a person has at hand finds the notification."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm_notify import api
from crm_notify.channels.signing import sign
from crm_notify.conf import get_settings
from crm_notify.models import Activity, Attempt, Notification
from crm_notify.rules.token import Purpose
from tests.edges.admin.conftest import NOTIFICATIONS, attempt_of, bounce

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(notification: Notification, call: Callable[..., Activity], bob: Any) -> Attempt:
    """One of two notifications, on its way: the list hides it, a search does not."""
    bounce(call(recipients=[bob]).notifications.get())
    return attempt_of(notification, message_id="7041@mtasv.net")


def found(client: Client, term: str, path: str = NOTIFICATIONS) -> list[int]:
    response = client.get(path, {"q": term})
    assert response.status_code == 200
    return [row.pk for row in response.context["cl"].result_list]


def token(purpose: Purpose, id: int) -> str:
    return sign(id, purpose, get_settings())


@pytest.mark.parametrize(
    "paste",
    [
        "{}",
        "{}@bounces.crm.example",
        "<{}@bounces.crm.example>",
        "Final-Recipient: rfc822; {}@bounces.crm.example",
        " {} ",
    ],
)
def test_a_token_finds_its_notification_however_it_is_pasted(
    paste: str, admin: Client, attempt: Attempt
) -> None:
    name = token(Purpose.NOTIFICATION, attempt.pk)
    assert found(admin, paste.format(name)) == [attempt.notification_id]
    assert found(admin, paste.format(name.upper())) == [attempt.notification_id]


def test_the_message_id_of_the_mail_finds_it_too(admin: Client, attempt: Attempt) -> None:
    name = token(Purpose.MESSAGE, attempt.notification_id)
    assert found(admin, f"<{name}@bounces.crm.example>") == [attempt.notification_id]


def test_a_token_that_we_did_not_sign_finds_nothing(admin: Client, attempt: Attempt) -> None:
    name = token(Purpose.NOTIFICATION, attempt.pk)
    forged = name[:-1] + ("q" if name[-1] != "q" else "a")
    assert found(admin, forged) == []


@pytest.mark.parametrize(
    "term",
    [
        "7041@mtasv.net",
        "<7041@mtasv.net>",
        "john@example.com",
        "JOHN@EXAMPLE",
        "joh",
        "John",
        "ohn",
    ],
)
def test_a_message_id_an_address_or_a_name_finds_it(
    term: str, admin: Client, attempt: Attempt
) -> None:
    assert found(admin, term) == [attempt.notification_id]


def test_a_number_finds_it(admin: Client, attempt: Attempt) -> None:
    assert found(admin, f"#{attempt.notification_id}") == [attempt.notification_id]
    assert found(admin, "9" * 5000) == []


def test_every_word_of_a_name_must_fit(admin: Client, attempt: Attempt, john: Any) -> None:
    john.last_name = "Miller"
    john.save()
    assert found(admin, "miller john") == [attempt.notification_id]
    assert found(admin, "miller bob") == []


def test_a_search_can_be_narrowed_to_what_failed(admin: Client, attempt: Attempt) -> None:
    response = admin.get(NOTIFICATIONS, {"q": "john", "outcome": "failing"})
    assert not response.context["cl"].result_list


def test_a_search_costs_two_queries_more(
    admin: Client, attempt: Attempt, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(11):
        admin.get(NOTIFICATIONS, {"q": "john"})


def test_events_are_found_by_token_message_id_and_number(
    admin: Client, failed: Notification
) -> None:
    path = "/admin/crm_notify/event/"
    attempt = failed.attempts.get()
    attempt.message_id = "66"
    attempt.save()
    event = attempt.events.get()
    for term in (
        token(Purpose.NOTIFICATION, attempt.pk),
        token(Purpose.MESSAGE, failed.pk),
        "66",
        f"#{event.pk}",
    ):
        assert found(admin, term, path) == [event.pk]
    assert found(admin, "nothing of ours", path) == []


def test_activities_and_subscriptions_are_found_by_their_user(
    admin: Client, failed: Notification, janet: Any, john: Any
) -> None:
    api.set_wanted(john, True, owned=True)
    activities = "/admin/crm_notify/activity/"
    assert found(admin, "smith", activities) == [failed.activity_id]
    assert found(admin, f"#{failed.activity_id}", activities) == [failed.activity_id]
    assert found(admin, "john", activities) == []
    assert len(found(admin, "john", "/admin/crm_notify/subscription/")) == 1
    assert found(admin, "janet", "/admin/crm_notify/subscription/") == []
