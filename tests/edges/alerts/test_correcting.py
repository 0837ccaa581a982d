"""Correct and send again: once for all that was missed, by whoever may; others propose it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm_notify import api
from crm_notify.models import Activity, Alert, Correction, Notification
from crm_notify.views.alerts.keepers import keepers
from tests.crm.models import Customer
from tests.edges.alerts.conftest import PAGE, Words, in_words
from tests.edges.alerts.failing import bounce

pytestmark = pytest.mark.django_db

Post = Callable[..., Any]
Call = Callable[..., Activity]
URL = "/notify/alerts.json"


def at(warning: Alert) -> str:
    return f"/notify/alerts/{warning.pk}/correct/"


def another(call: Call, name: str) -> Alert:
    return bounce(call(target=Customer.objects.create(name=name)).notifications.get())


def contacts_of(user: Any) -> list[str]:
    return ["johnn@example.com"]


def broken_contacts(user: Any) -> list[str]:
    raise RuntimeError("The host's own table is gone.")


@pytest.fixture
def jon(db: None) -> Any:
    """A colleague whose address is almost John's."""
    return get_user_model().objects.create_user("jon", "jon@example.com")


def test_one_correction_sends_all_that_was_missed_and_says_how_much(
    warning: Alert, call: Call, post: Post, may_correct: None, john: Any, words: Words
) -> None:
    another(call, "Fabrikam")
    answer = post(at(warning), address=" jon@example.com ", next=PAGE)
    assert (answer.status_code, answer.url) == (302, PAGE)
    sent = Notification.objects.filter(address="jon@example.com")
    assert sent.count() == 2
    john.refresh_from_db()
    assert john.email == "jon@example.com"
    said = words()
    assert "2 messages that did not arrive are on their way." in said
    assert said.count("It is about to be sent again to jon@example.com") == 2


def test_one_that_alone_was_missed_is_said_alone(
    warning: Alert, post: Post, may_correct: None, words: Words
) -> None:
    post(at(warning), address="jon@example.com")
    assert "The address is now jon@example.com; it is on its way there." in words()


def test_what_is_on_its_way_there_already_is_not_sent_twice(
    warning: Alert, post: Post, alice: Any, may_correct: None, words: Words
) -> None:
    api.resend(warning.notification, by=alice, address="jon@example.com")
    post(at(warning), address="jon@example.com")
    assert Notification.objects.filter(address="jon@example.com").count() == 1
    assert "it is on its way there already." in words()


def test_without_the_permission_it_is_proposed_and_nothing_leaves(
    warning: Alert, post: Post, alice: Any, words: Words, john: Any
) -> None:
    post(at(warning), address="jon@example.com", next=PAGE)
    said = words()
    assert "Proposed. Alice will see it." in said
    assert "You proposed jon@example.com; that waits for whoever may correct it." in said
    assert Notification.objects.count() == 1
    john.refresh_from_db()
    assert john.email == "john@example.com"


def test_of_several_who_may_one_is_named(
    warning: Alert, post: Post, alice: Any, bob: Any, words: Words
) -> None:
    bob.user_permissions.add(Permission.objects.get(codename="resend_elsewhere"))
    post(at(warning), address="jon@example.com")
    # Whoever was here first, so that it is the same one every time.
    first = min((alice, bob), key=lambda user: user.pk)
    assert f"Proposed. {first.first_name} and others who may will see it." in words()


@pytest.mark.parametrize("backends", [["django.contrib.auth.backends.ModelBackend"], []])
def test_where_nobody_is_found_nobody_is_named(
    backends: list[str], warning: Alert, settings: Any, rf: Any, janet: Any
) -> None:
    settings.AUTHENTICATION_BACKENDS = backends
    assert keepers("") == "Whoever may correct addresses"


def test_whoever_may_is_offered_what_another_proposes(
    warning: Alert, client: Client, janet: Any, alice: Any
) -> None:
    api.correct(warning.notification, by=janet, address="jonathan@example.com")
    Alert.objects.update(person=alice)
    client.force_login(alice)
    page = client.get(PAGE).content.decode()
    assert "Janet Smith proposes jonathan@example.com." in in_words(page)
    assert "jonathan@example.com is what was proposed" in in_words(page)
    Correction.objects.update(proposed_by=None)
    assert "It is proposed to send it to jonathan@example.com." in in_words(
        client.get(PAGE).content.decode()
    )


def test_a_proposal_that_was_decided_is_none_any_more(
    warning: Alert, post: Post, janet: Any, alice: Any, words: Words
) -> None:
    proposed = api.correct(warning.notification, by=janet, address="jo@example.com")
    api.decide_correction(proposed, by=alice, accept=False)
    assert "You proposed" not in words()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("jon@", "“jon@” is not an address."),
        ("", "Type the address."),
        ("   ", "Type the address."),
        ("john@example.com", "That is the address that failed."),
        ("a@b.example, c@d.example", "“a@b.example, c@d.example” is not an address."),
        ("jon@example.com\nBcc: spy@evil.example", "An address holds no line breaks"),
        ('"\x01"@example.com', "An address holds no line breaks or control characters."),
        ("<script>alert(1)</script>", "“<script>alert(1)</script>” is not an address."),
    ],
)
def test_what_is_no_address_is_refused_in_words_beside_what_was_typed(
    typed: str, why: str, warning: Alert, post: Post, may_correct: None
) -> None:
    answer = post(at(warning), address=typed, next=PAGE)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert why in in_words(page)
    assert "<script>alert" not in page
    assert f'value="{escape(typed)}" aria-describedby="crm-notify-problem-{warning.pk} ' in page
    # The form is open, and its page is where it leads to once it is right.
    assert f'name="next" value="{PAGE}"' in page
    assert 'data-crm-notify-form="correct" open' in page
    assert not Correction.objects.exists()


def test_an_address_that_is_spelled_almost_alike_is_one_click_away(
    warning: Alert, jon: Any, tab: Client, words: Words
) -> None:
    assert "jon@example.com is spelled almost alike" in words()
    assert 'name="address" value="jon@example.com"' in tab.get(PAGE).content.decode()
    (alert,) = tab.get(URL).json()["alerts"]
    assert alert["suggestions"] == [
        {"address": "jon@example.com", "why": "spelling", "reason": "is spelled almost alike"}
    ]


def test_the_address_of_today_comes_first(warning: Alert, john: Any, jon: Any, tab: Client) -> None:
    john.email = "j.miller@example.com"
    john.save()
    (alert,) = tab.get(URL).json()["alerts"]
    assert [item["reason"] for item in alert["suggestions"]] == [
        "is the address on file today",
        "is spelled almost alike",
    ]


def test_what_the_host_knows_is_suggested_too(
    warning: Alert, words: Words, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(CONTACTS=f"{__name__}.contacts_of")
    assert "johnn@example.com is spelled almost alike" in words()


def test_a_host_whose_contacts_fail_keeps_its_page(
    warning: Alert,
    jon: Any,
    words: Words,
    crm_notify_settings: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    crm_notify_settings(CONTACTS=f"{__name__}.broken_contacts")
    assert "jon@example.com is spelled almost alike" in words()
    assert "CONTACTS failed" in caplog.text


@pytest.mark.parametrize("blame", ["mailbox", "sender", "server"])
def test_where_the_address_is_not_to_blame_nothing_is_suggested_and_no_user_is_read(
    blame: str,
    notification: Notification,
    jon: Any,
    tab: Client,
    django_assert_num_queries: Any,
) -> None:
    bounce(notification, blame=blame)
    session, permissions, warnings, folded, reasons, settled = 2, 2, 1, 1, 2, 1
    with django_assert_num_queries(session + permissions + warnings + folded + reasons + settled):
        (alert,) = tab.get(URL).json()["alerts"]
    assert alert["suggestions"] == []


def test_users_are_read_once_and_looked_through_for_a_few(
    warning: Alert, call: Call, jon: Any, tab: Client
) -> None:
    for number in range(7):
        another(call, f"Customer {number}")
    news = tab.get(URL, {"unfolded": "1"}).json()
    assert [bool(alert["suggestions"]) for alert in news["alerts"]] == [True] * 5 + [False] * 3


def test_proposals_cost_one_query_however_many(
    warning: Alert, call: Call, janet: Any, tab: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            tab.get(URL)
        return len(asked)

    api.correct(warning.notification, by=janet, address="jo@example.com")
    once = queries()
    for number in range(3):
        failed = another(call, f"Customer {number}")
        api.correct(failed.notification, by=janet, address=f"j{number}@example.com")
    assert queries() == once
