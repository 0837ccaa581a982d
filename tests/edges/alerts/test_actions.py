"""What Janet does about a warning: each form does what it says, and each refusal says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import escape
from typing import Any

import pytest
from django.test import Client

from crm_notify import api
from crm_notify.models import Alert, Event, Notification
from tests.edges.alerts.conftest import PAGE, in_words
from tests.edges.alerts.failing import arrive

pytestmark = pytest.mark.django_db

Post = Callable[..., Any]


def at(warning: Alert, action: str) -> str:
    return f"/notify/alerts/{warning.pk}/{action}/"


def last(warning: Alert) -> Notification:
    return Notification.objects.filter(chain=warning.chain_id).latest("pk")


def test_acknowledging_stops_the_clock_and_leaves_the_warning(warning: Alert, post: Post) -> None:
    answer = post(at(warning, "acknowledge"), next=PAGE)
    assert (answer.status_code, answer.url) == (302, PAGE)
    warning.refresh_from_db()
    assert warning.acknowledged_at is not None
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


def test_a_corrected_address_is_sent_to(warning: Alert, post: Post, may_correct: None) -> None:
    post(at(warning, "resend"), address=" jon@example.com ")
    assert last(warning).address == "jon@example.com"


def test_how_he_was_told_closes_the_warning(warning: Alert, post: Post, janet: Any) -> None:
    post(at(warning, "told"), how="I phoned him")
    warning.refresh_from_db()
    assert warning.closed == "told"
    event = Event.objects.get(kind="stated")
    assert (event.text, event.author) == ("I phoned him", janet)


def test_without_the_permission_another_address_is_refused_and_nothing_typed_is_lost(
    warning: Alert, post: Post
) -> None:
    answer = post(at(warning, "resend"), address="spy@evil.example", next=PAGE)
    assert answer.status_code == 403
    assert "You may not send it to another address." in in_words(answer.content.decode())
    assert not Notification.objects.filter(chain=warning.chain_id).exists()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("jon@", "“jon@” is not an address."),
        ("", "Type the address."),
        ("   ", "Type the address."),
        ("a@b.example, c@d.example", "“a@b.example, c@d.example” is not an address."),
        ("jon@example.com\nBcc: spy@evil.example", "An address holds no line breaks"),
        ('"\x01"@example.com', "An address holds no line breaks or control characters."),
        ("<script>alert(1)</script>", "“<script>alert(1)</script>” is not an address."),
    ],
)
def test_what_is_no_address_is_refused_in_words_beside_what_was_typed(
    typed: str, why: str, warning: Alert, post: Post, may_correct: None
) -> None:
    answer = post(at(warning, "resend"), address=typed, next=PAGE)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert why in in_words(page)
    assert "<script>alert" not in page
    assert f'value="{escape(typed)}" aria-invalid="true"' in page
    # The form is open, and its page is where it leads to once it is right.
    assert f'name="next" value="{PAGE}"' in page
    assert 'data-crm-notify-form="elsewhere" open' in page
    assert not Notification.objects.filter(chain=warning.chain_id).exists()


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


@pytest.mark.parametrize("action", ["acknowledge", "resend", "told"])
def test_somebody_elses_warning_does_not_exist_for_him(
    action: str, client: Client, bob: Any, alice: Any, warning: Alert
) -> None:
    # Not for the admin either: she has the admin for it.
    for person in (bob, alice):
        client.force_login(person)
        assert client.post(at(warning, action), {"how": "I phoned"}).status_code == 404
    warning.refresh_from_db()
    assert (warning.acknowledged_at, warning.closed_at) == (None, None)


@pytest.mark.parametrize("action", ["acknowledge", "resend", "told"])
def test_whoever_is_not_logged_in_is_asked_to(action: str, client: Client, warning: Alert) -> None:
    answer = client.post(at(warning, action))
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/notify/alerts/"
    answer = client.post(at(warning, action), headers={"Accept": "application/json"})
    assert answer.status_code == 401
    warning.refresh_from_db()
    assert (warning.acknowledged_at, warning.closed_at) == (None, None)


@pytest.mark.parametrize("action", ["acknowledge", "resend", "told"])
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
    answer = post(at(warning, "resend"), accept="application/json", address="jon@")
    assert (answer.status_code, answer.json()) == (400, {"error": "“jon@” is not an address."})
    answer = post(at(warning, "resend"), accept="application/json", address="jon@example.com")
    assert answer.json() == {"message": "It is on its way to jon@example.com."}
    assert not answer.cookies.get("messages")


def test_a_script_without_the_permission_is_told_so(warning: Alert, post: Post) -> None:
    answer = post(at(warning, "resend"), accept="application/json", address="jon@example.com")
    assert answer.status_code == 403
    assert answer.json()["error"].startswith("You may not send it to another address.")


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
