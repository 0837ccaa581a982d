"""The recipient himself: what was meant for him and did not reach him stands on his own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, RequestContext, Template
from django.test import Client

from crm_notify import api
from crm_notify.models import Activity, Alert
from tests.crm.models import Customer
from tests.edges.alerts.conftest import in_words
from tests.edges.alerts.failing import arrive, bounce

pytestmark = pytest.mark.django_db

MISSED = Template("{% load crm_notify %}{% crm_notify_missed %}")
SEEN = Template("{% load crm_notify %}{% crm_notify_seen record %}")
URL = "/notify/missed.json"

Call = Callable[..., Activity]
Show = Callable[..., str]


@pytest.fixture
def show(rf: Any) -> Show:
    """What a template shows to somebody who opens a page of the host."""

    def show(template: Template, user: Any, *, method: str = "get", **given: Any) -> str:
        headers = given.pop("headers", {})
        request = getattr(rf, method)("/customers/1/", headers=headers)
        request.user = user
        return in_words(template.render(RequestContext(request, given)))

    return show


def fail(call: Call, name: str, **given: Any) -> Alert:
    activity = call(target=Customer.objects.create(name=name), **given)
    return bounce(activity.notifications.get())


def test_it_says_who_did_what_when_and_why_it_did_not_come(
    warning: Alert, john: Any, show: Show
) -> None:
    said = show(MISSED, john)
    assert "1 message for you did not reach you" in said
    assert "Janet Smith logged a call: Contoso" in said
    assert "john@example.com: There is no such mailbox." in said


def test_nobody_else_sees_it(warning: Alert, janet: Any, alice: Any, show: Show) -> None:
    for user in (janet, alice):
        assert show(MISSED, user) == ""


def test_whoever_is_not_logged_in_sees_nothing(warning: Alert) -> None:
    assert MISSED.render(Context()).strip() == ""


def test_nothing_was_meant_for_nobody(warning: Alert) -> None:
    assert not api.missed(AnonymousUser()).exists()


def test_what_he_was_told_after_all_was_not_missed(
    warning: Alert, john: Any, janet: Any, show: Show
) -> None:
    again = api.resend(warning.notification, by=janet)
    assert "did not reach you" in show(MISSED, john)
    arrive(again)
    assert show(MISSED, john) == ""


def test_the_link_settles_it(warning: Alert, john: Any, client: Client) -> None:
    client.force_login(john)
    (missed,) = client.get(URL).json()["missed"]
    assert missed["what"] == "Janet Smith logged a call"
    assert missed["target"] == "Contoso"
    assert missed["why"] == "john@example.com: There is no such mailbox."
    assert client.get(missed["url"])["Location"] == warning.notification.activity.url
    assert client.get(URL).json() == {"count": 0, "missed": []}
    warning.refresh_from_db()
    assert warning.closed == "told"


def test_without_an_address_the_reason_stands_alone(call: Call, john: Any, client: Client) -> None:
    john.email = ""
    john.save()
    bounce(call().notifications.get())
    client.force_login(john)
    (missed,) = client.get(URL).json()["missed"]
    assert missed["why"] == "No address is on file."


def test_urgent_ones_come_first_and_many_are_counted(
    call: Call,
    john: Any,
    client: Client,
    show: Show,
    monkeypatch: pytest.MonkeyPatch,
    crm_notify_settings: Callable[..., None],
) -> None:
    monkeypatch.setattr("crm_notify.views.missed.LISTED", 2)
    for name, urgency in [("Alpha", "normal"), ("Beta", "urgent"), ("Gamma", "normal")]:
        fail(call, name, urgency=urgency)
    client.force_login(john)
    news = client.get(URL).json()
    assert news["count"] == 3
    assert [item["target"] for item in news["missed"]] == ["Beta", "Gamma"]
    said = show(MISSED, john)
    assert "3 messages for you did not reach you" in said
    assert "Beta urgent" in said
    assert "and 1 more" in said


def test_it_costs_one_query_however_many(
    call: Call, john: Any, rf: Any, django_assert_num_queries: Any
) -> None:
    request = rf.get("/")
    request.user = john
    for number in range(3):
        fail(call, f"Customer {number}")
        with django_assert_num_queries(1):
            MISSED.render(RequestContext(request))


def test_a_script_that_is_not_logged_in_gets_a_401(client: Client, db: None) -> None:
    assert client.get(URL).status_code == 401


def test_where_nothing_is_mounted_it_is_said_without_a_link(
    warning: Alert, john: Any, rf: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.channels.email.no_urls"
    request = rf.get("/")
    request.user = john
    page = MISSED.render(RequestContext(request))
    assert "Contoso" in page
    assert "<a " not in page


def test_the_tag_on_a_records_page_says_that_he_has_seen_it(
    warning: Alert, john: Any, contoso: Customer, show: Show
) -> None:
    assert show(SEEN, john, record=contoso) == ""
    warning.refresh_from_db()
    assert warning.closed == "told"


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("head", {}),
        ("post", {}),
        ("get", {"Sec-Purpose": "prefetch;prerender"}),
        ("get", {"Purpose": "prefetch"}),
        ("get", {"X-Moz": "prefetch"}),
    ],
)
def test_what_nobody_looked_at_nobody_has_seen(
    method: str, headers: Any, warning: Alert, john: Any, contoso: Customer, show: Show
) -> None:
    show(SEEN, john, method=method, headers=headers, record=contoso)
    warning.refresh_from_db()
    assert warning.closed_at is None


def test_somebody_elses_look_tells_nobody(
    warning: Alert, janet: Any, alice: Any, contoso: Customer, show: Show
) -> None:
    for user in (janet, alice):
        show(SEEN, user, record=contoso)
    SEEN.render(Context({"record": contoso}))
    warning.refresh_from_db()
    assert warning.closed_at is None
