"""The JSON that every page polls: cheap, private, and the same news as the page has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from crm_notify import api
from crm_notify.models import Activity, Alert, Event, Notification
from crm_notify.rules.evidence import Kind
from crm_notify.views.alerts.standing import LIMIT
from tests.crm.models import Customer
from tests.edges.alerts.failing import arrive, bounce, hear

pytestmark = pytest.mark.django_db

URL = "/notify/alerts.json"


def etag(tab: Client) -> str:
    return str(tab.get(URL)["ETag"])


def test_it_says_all_that_another_front_end_needs(tab: Client, warning: Alert) -> None:
    news = tab.get(URL).json()
    (alert,) = news["alerts"]
    assert news["count"] == 1
    assert alert.pop("opened_at").startswith(f"{warning.opened_at:%Y-%m-%dT%H:%M}")
    assert alert == {
        "id": warning.pk,
        "notification": warning.notification_id,
        "recipient": "John",
        "address": "john@example.com",
        "headline": "John was not told",
        "what": "You logged a call: Contoso",
        "url": warning.notification.activity.url,
        "reason": "There is no such mailbox.",
        "provider": "SparkPost (Bird)",
        "diagnosis": "550 5.1.1 <john@example.com>: Recipient address rejected: User unknown",
        "code": "550",
        "blame": "address",
        "urgent": False,
        "acknowledged": False,
        "snoozed_until": None,
        "calls_out": False,
        "state": "failed",
        "progress": "",
        "proposal": "",
        "suggestions": [],
        "actions": {
            "acknowledge": f"/notify/alerts/{warning.pk}/acknowledge/",
            "resend": f"/notify/alerts/{warning.pk}/resend/",
            "correct": f"/notify/alerts/{warning.pk}/correct/",
            "told": f"/notify/alerts/{warning.pk}/told/",
            "snooze": f"/notify/alerts/{warning.pk}/snooze/",
            "hand_over": f"/notify/alerts/{warning.pk}/hand-over/",
        },
    }


def test_its_html_holds_no_token_of_a_form(tab: Client, warning: Alert) -> None:
    html = tab.get(URL).json()["html"]
    assert "John was not told" in html
    assert "csrfmiddlewaretoken" not in html


def test_whoever_is_not_logged_in_gets_a_401_that_a_script_can_read(
    client: Client, db: None
) -> None:
    answer = client.get(URL, headers={"Accept": "*/*"})
    assert (answer.status_code, answer.json()) == (401, {"error": "Log in first."})


def test_somebody_elses_warnings_are_not_in_it(client: Client, bob: Any, warning: Alert) -> None:
    client.force_login(bob)
    assert client.get(URL).json()["alerts"] == []


def test_what_is_known_already_is_not_sent_again(tab: Client, warning: Alert) -> None:
    answer = tab.get(URL, headers={"If-None-Match": etag(tab)})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["ETag"] == etag(tab)


def test_a_poll_without_news_costs_two_queries(
    tab: Client, warning: Alert, django_assert_num_queries: Any
) -> None:
    known = etag(tab)
    session, warnings, folded = 2, 1, 1
    with django_assert_num_queries(session + warnings + folded):
        tab.get(URL, headers={"If-None-Match": known})


def test_a_poll_with_news_costs_the_same_for_one_and_for_many(
    call: Callable[..., Activity], tab: Client, django_assert_num_queries: Any
) -> None:
    session, permissions, warnings, folded, users, reasons, settled = 2, 2, 1, 1, 1, 2, 1
    expected = session + permissions + warnings + folded + users + reasons + settled
    for number in range(4):
        customer = Customer.objects.create(name=f"Customer {number}")
        bounce(call(target=customer).notifications.get())
        with django_assert_num_queries(expected):
            tab.get(URL)


@pytest.mark.parametrize("answered", [200, 304, 401])
def test_no_answer_sets_a_cookie_or_may_be_kept_by_a_cache(
    answered: int, tab: Client, client: Client, warning: Alert
) -> None:
    known = {304: etag(tab)}.get(answered, "")
    asker = client if answered == 401 else tab
    answer = asker.get(URL, headers={"If-None-Match": known, "Accept-Language": "de"})
    assert answer.status_code == answered
    assert not answer.cookies
    assert "Cookie" in answer["Vary"]
    assert {"private", "no-cache"} <= set(answer["Cache-Control"].split(", "))


def _acknowledged(warning: Alert) -> None:
    api.acknowledge(warning, by=warning.person)


def _said_more(warning: Alert) -> None:
    Event.objects.create(
        notification=warning.notification, kind="bounced", recorded_at=warning.opened_at
    )


def _sent_again(warning: Alert) -> None:
    api.resend(warning.notification, by=warning.person)


def _handed_over(warning: Alert) -> None:
    Notification.objects.filter(previous=warning.notification).update(dispatch="done")


def _failed_again(warning: Alert) -> None:
    bounce(Notification.objects.get(previous=warning.notification))


def _put_off(warning: Alert) -> None:
    api.snooze(warning, by=warning.person, until=timezone.now() + timedelta(hours=1))


def _proposed(warning: Alert) -> None:
    api.correct(warning.notification, by=warning.person, address="jo@example.com")


def _corrected(warning: Alert) -> None:
    john = warning.notification.recipient
    assert john is not None
    john.email = "jon@example.com"
    john.save()


def _told(warning: Alert) -> None:
    api.state_told(warning.notification, by=warning.person, how="I phoned")


def test_everything_that_the_page_would_say_otherwise_is_news(tab: Client, warning: Alert) -> None:
    steps = [
        *(_acknowledged, _put_off, _said_more, _sent_again, _handed_over, _failed_again),
        *(_proposed, _corrected, _told),
    ]
    seen = [etag(tab)]
    for step in steps:
        step(Alert.objects.select_related("notification__recipient", "person").get())
        seen.append(etag(tab))
    assert len(set(seen)) == len(seen)


def test_another_language_is_other_words(tab: Client, warning: Alert) -> None:
    english = etag(tab)
    with translation.override("de"):
        assert etag(tab) != english


@pytest.mark.parametrize(
    ("state", "kind", "headline"),
    [
        ("failed", Kind.BOUNCED, "John was not told"),
        ("unclear", Kind.UNCONFIRMED, "Nobody knows whether John was told"),
    ],
)
def test_the_state_is_a_word_for_scripts(
    state: str, kind: Kind, headline: str, notification: Notification, tab: Client
) -> None:
    hear(notification, kind)
    (alert,) = tab.get(URL).json()["alerts"]
    assert (alert["state"], alert["headline"]) == (state, headline)


def test_what_was_sent_again_and_failed_again_has_words_too(
    warning: Alert, tab: Client, janet: Any
) -> None:
    again = api.resend(warning.notification, by=janet)
    assert tab.get(URL).json()["alerts"][0]["state"] == "sent_again"
    bounce(again)
    assert tab.get(URL).json()["alerts"][0]["state"] == "failed_again"


def test_a_warning_that_closes_says_why(warning: Alert, tab: Client, janet: Any) -> None:
    arrive(api.resend(warning.notification, by=janet))
    news = tab.get(URL).json()
    assert (news["count"], news["alerts"]) == (0, [])
    (settled,) = news["settled"]
    assert settled["id"] == warning.pk
    assert settled["words"].startswith("John has it: delivered to john@example.com at")


def test_more_than_anybody_reads_are_counted_and_not_sent(
    call: Callable[..., Activity], tab: Client, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(FOLD_ABOVE=1000)
    for number in range(LIMIT + 1):
        bounce(call(text=str(number)).notifications.get())
    news = tab.get(URL, query_params={"unfolded": "1"}).json()
    assert news["count"] == LIMIT + 1
    assert len(news["alerts"]) == LIMIT
    assert "and 1 more" in news["html"]
    assert news["html"].count("<h3") == LIMIT
    assert tab.get(URL).json()["html"].count("<h3") == 5


def test_a_post_is_refused(tab: Client, warning: Alert) -> None:
    tab.handler.enforce_csrf_checks = False
    assert tab.post(URL).status_code == 405
