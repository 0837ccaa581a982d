"""What Janet does about a warning: each form does what it says, and each refusal says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from crm_notify import api
from crm_notify.models import Alert, Event, Notification
from tests.edges.alerts.conftest import PAGE, in_words
from tests.edges.alerts.failing import arrive

pytestmark = pytest.mark.django_db

Post = Callable[..., Any]

ACTIONS = ["acknowledge", "resend", "correct", "told", "snooze", "hand-over"]


def at(warning: Alert, action: str) -> str:
    return f"/notify/alerts/{warning.pk}/{action}/"


def last(warning: Alert) -> Notification:
    return Notification.objects.filter(chain=warning.chain_id).latest("pk")


def test_acknowledging_stops_the_clock_and_leaves_the_warning(warning: Alert, post: Post) -> None:
    answer = post(at(warning, "acknowledge"), next=PAGE)
    assert (answer.status_code, answer.url) == (302, PAGE)
    warning.refresh_from_db()
    assert warning.acknowledged_at is not None
    assert warning.due_at is not None
    assert warning.due_at - warning.acknowledged_at == timedelta(days=1)
    assert warning.closed_at is None


def test_send_again_goes_to_the_address_of_today(
    warning: Alert, post: Post, john: Any, words: Callable[..., str]
) -> None:
    john.email = "jon@example.com"
    john.save()
    post(at(warning, "resend"), next=PAGE)
    assert last(warning).address == "jon@example.com"
    assert "It is on its way to jon@example.com." in words()


def test_two_clicks_send_once(warning: Alert, post: Post) -> None:
    post(at(warning, "resend"))
    post(at(warning, "resend"))
    assert Notification.objects.filter(chain=warning.chain_id).count() == 1


def test_how_he_was_told_closes_the_warning(warning: Alert, post: Post, janet: Any) -> None:
    post(at(warning, "told"), how="I phoned him")
    warning.refresh_from_db()
    assert warning.closed == "told"
    event = Event.objects.get(kind="stated")
    assert (event.text, event.author) == ("I phoned him", janet)


def test_an_empty_statement_is_refused(warning: Alert, post: Post) -> None:
    answer = post(at(warning, "told"), how=" \x00 ")
    assert answer.status_code == 400
    assert "Nothing was done: Say how the recipient was told." in in_words(answer.content.decode())
    assert 'data-crm-notify-form="told" open' in answer.content.decode()
    assert not Event.objects.filter(kind="stated").exists()


def test_an_address_on_file_that_is_none_is_refused_at_the_button(
    warning: Alert, post: Post, john: Any
) -> None:
    john.email = "jon at example"
    john.save()
    answer = post(at(warning, "resend"))
    assert answer.status_code == 400
    assert "“jon at example” is not an address." in in_words(answer.content.decode())


@pytest.mark.parametrize("action", ACTIONS)
def test_somebody_elses_warning_does_not_exist_for_him(
    action: str, client: Client, bob: Any, alice: Any, warning: Alert
) -> None:
    # Not for the admin either: she has the admin for it.
    for person in (bob, alice):
        client.force_login(person)
        assert client.post(at(warning, action), {"how": "I phoned"}).status_code == 404
    warning.refresh_from_db()
    assert (warning.acknowledged_at, warning.closed_at) == (None, None)


@pytest.mark.parametrize("action", ACTIONS)
def test_whoever_is_not_logged_in_is_asked_to(action: str, client: Client, warning: Alert) -> None:
    answer = client.post(at(warning, action))
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/notify/alerts/"
    answer = client.post(at(warning, action), headers={"Accept": "application/json"})
    assert answer.status_code == 401
    warning.refresh_from_db()
    assert (warning.acknowledged_at, warning.closed_at) == (None, None)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_link_does_nothing_and_a_form_needs_its_token(
    action: str, tab: Client, warning: Alert
) -> None:
    assert tab.get(at(warning, action)).status_code == 405
    assert tab.post(at(warning, action), {"how": "I phoned"}).status_code == 403
    warning.refresh_from_db()
    assert (warning.acknowledged_at, warning.closed_at) == (None, None)


@pytest.mark.parametrize("number", [0, 10**30])
def test_a_warning_that_never_was_is_not_found(number: int, client: Client, janet: Any) -> None:
    client.force_login(janet)
    assert client.post(f"/notify/alerts/{number}/acknowledge/").status_code == 404


@pytest.mark.parametrize(
    "bad",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http:///evil.example",
        "",
    ],
)
def test_a_form_leads_to_no_other_site(bad: str, warning: Alert, post: Post) -> None:
    answer = post(at(warning, "acknowledge"), next=bad)
    assert (answer.status_code, answer.url) == (302, "/notify/alerts/")


def test_what_was_settled_meanwhile_is_not_done_again(
    warning: Alert, post: Post, alice: Any, words: Callable[..., str]
) -> None:
    arrive(api.resend(warning.notification, by=alice, address="jon@example.com"))
    assert post(at(warning, "resend"), next=PAGE).status_code == 302
    assert Notification.objects.filter(chain=warning.chain_id).count() == 1
    assert "This was settled already." in words()


def test_a_script_gets_the_words_as_json(warning: Alert, post: Post, may_correct: None) -> None:
    answer = post(at(warning, "correct"), accept="application/json", address="jon@")
    assert (answer.status_code, answer.json()) == (400, {"error": "“jon@” is not an address."})
    answer = post(at(warning, "resend"), accept="application/json")
    assert answer.json() == {"message": "It is on its way to john@example.com."}
    assert not answer.cookies.get("messages")


def test_a_host_without_the_messages_framework_is_served_too(
    warning: Alert, post: Post, settings: Any
) -> None:
    settings.INSTALLED_APPS = [
        name for name in settings.INSTALLED_APPS if name != "django.contrib.messages"
    ]
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "messages" not in name]
    assert post(at(warning, "acknowledge")).status_code == 302
    warning.refresh_from_db()
    assert warning.acknowledged_at is not None
