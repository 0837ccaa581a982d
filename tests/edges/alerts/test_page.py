"""The page of one's own warnings: all that are open, and why each past one is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm_notify import api
from crm_notify.models import Activity, Alert
from crm_notify.rules.evidence import Kind
from tests.crm.models import Customer
from tests.edges.alerts.conftest import Words
from tests.edges.alerts.failing import arrive, bounce, hear

pytestmark = pytest.mark.django_db

URL = "/notify/alerts/"

Call = Callable[..., Activity]


def settle_many(call: Call, janet: Any, count: int) -> None:
    for number in range(count):
        alert = bounce(call(target=Customer.objects.create(name=f"<{number}>")).notifications.get())
        api.state_told(alert.notification, by=janet, how="I phoned")


def test_whoever_is_not_logged_in_is_sent_to_log_in(client: Client, warning: Alert) -> None:
    answer = client.get(URL)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={URL}")


def test_it_shows_what_is_open_and_that_nothing_is(words: Words, call: Call) -> None:
    assert "Nothing needs your attention" in words(URL)
    assert "Settled Nothing yet." in words(URL)
    bounce(call().notifications.get())
    assert "1 warning needs your attention John was not told" in words(URL)


def test_somebody_elses_warnings_are_on_his_own_page(
    client: Client, bob: Any, warning: Alert
) -> None:
    client.force_login(bob)
    assert b"John" not in client.get(URL).content


def test_past_ones_say_why_they_are_closed(
    call: Call, words: Words, janet: Any, john: Any, alice: Any, contoso: Customer
) -> None:
    def failed(name: str) -> Alert:
        return bounce(call(target=Customer.objects.create(name=name)).notifications.get())

    arrive(api.resend(failed("Delivered").notification, by=janet))
    api.state_told(failed("Phoned").notification, by=janet, how="I phoned")
    api.state_told(failed("Met").notification, by=alice, how="I met him")
    api.close(failed("Given up").notification, by=alice, reason="He has left")
    bounce(call().notifications.get())
    api.mark_seen(contoso, user=john)
    hear(failed("Nameless").notification, Kind.DELIVERED, recipient="")
    said = words(URL)
    assert "John has it: delivered to john@example.com at" in said
    assert "how John was told: “I phoned” You logged a call: Phoned" in said
    assert "Alice noted at" in said
    assert "Alice closed it at" in said
    assert "John not told: “He has left” You logged a call: Given up" in said
    assert "John saw it at" in said


def test_a_reason_that_was_forgotten_leaves_the_plain_word(
    warning: Alert, words: Words, janet: Any
) -> None:
    api.state_told(warning.notification, by=janet, how="I phoned").delete()
    assert "John: the recipient was told" in words(URL)


def test_each_closing_has_its_own_reason(warning: Alert, words: Words, janet: Any) -> None:
    api.state_told(warning.notification, by=janet, how="I wrote a letter")
    Alert.objects.create(
        chain=warning.chain,
        notification=warning.notification,
        person=janet,
        opened_at=warning.opened_at,
        due_at=warning.due_at,
    )
    api.state_told(warning.notification, by=janet, how="I phoned")
    said = words(URL)
    assert said.index("I phoned") < said.index("I wrote a letter")


def test_past_ones_are_turned_page_by_page(
    call: Call, words: Words, janet: Any, tab: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_notify.views.alerts.pages.PAGE", 2)
    settle_many(call, janet, 5)
    pages, url = [], URL
    for _ in range(3):
        page = tab.get(url)
        pages.append([item.target for item in page.context["past"]])
        url = f"{URL}?before={page.context['older']}"
    assert pages == [["<4>", "<3>"], ["<2>", "<1>"], ["<0>"]]
    assert page.context["older"] is None
    assert "Latest" in words(f"{URL}?before={Alert.objects.latest('pk').pk}")


def test_turning_pages_costs_the_same_for_one_and_for_many(
    call: Call, janet: Any, tab: Client, django_assert_num_queries: Any
) -> None:
    session, warnings, folded, settled, past, reasons = 2, 1, 1, 1, 1, 2
    # Whether he may see everybody's, which leads on from here.
    permissions = 2
    for _ in range(3):
        settle_many(call, janet, 2)
        with django_assert_num_queries(
            session + permissions + warnings + folded + settled + past + reasons
        ):
            tab.get(URL)


@pytest.mark.parametrize("before", ["0", "x", "-1", "²", "", "9" * 30])
def test_a_page_that_never_was_is_not_found(before: str, tab: Client) -> None:
    assert tab.get(URL, {"before": before}).status_code == 404


def test_somebody_elses_past_is_no_page_of_mine(
    client: Client, call: Call, janet: Any, bob: Any
) -> None:
    settle_many(call, janet, 1)
    client.force_login(bob)
    assert client.get(URL, {"before": Alert.objects.get().pk}).status_code == 404


def test_the_tag_in_the_hosts_frame_leaves_the_warnings_to_their_page(
    tab: Client, warning: Alert, settings: Any, tmp_path: Any
) -> None:
    base = tmp_path / "crm_notify" / "base.html"
    base.parent.mkdir()
    base.write_text(
        "{% load crm_notify %}<title>{% block title %}{% endblock %} - Host</title>"
        "{% crm_notify_alerts %}{% block content %}{% endblock %}"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    page = tab.get(URL).content.decode()
    assert "Warnings - Host" in page
    assert page.count("John was not told") == 1
    assert page.count("data-crm-notify-url") == 1


def test_it_is_private(tab: Client, warning: Alert) -> None:
    answer = tab.get(URL)
    assert {"private", "no-cache"} <= set(answer["Cache-Control"].split(", "))
    assert "Cookie" in answer["Vary"]
